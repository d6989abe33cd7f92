// Starts the app. A file of its own, because the Content-Security-Policy allows no inline script; Trunk writes the names
// of the app's files into the page (pattern_script in Trunk.toml).

// The app is gone when this button is pressed.
document.querySelector("[data-crash-reload]")?.addEventListener("click", () => location.reload());

try {
  const { base, script, wasm } = document.querySelector('meta[name="sextant-app"]').dataset;
  const isList = ["", "images"].includes(location.pathname.slice(base.length));
  const session = sessionStorage.getItem("sextant.session");
  if (isList && session) askEarly(session, sessionStorage.getItem("sextant.first"));
  // Beside the script. What fails here is tried again by the script's own ways, which need no particular media type.
  const module = WebAssembly.compileStreaming(fetch(wasm)).catch(() => wasm);
  // Only `cargo xtask dist` puts what the first sight of the images does not need into a file of its own.
  const { default: start, fetchLater = async () => {} } = await import(script);
  if (!isList || !session) await fetchLater();
  // The app calls it when the images are there (src/client/later.rs).
  globalThis.sextantLater = fetchLater;
  const started = start({ module_or_path: module });
  // Meanwhile: a browser's first number format takes it longer than all later ones together.
  new Intl.NumberFormat();
  await started;
} catch (error) {
  // The app cannot say that it did not start: the page has the words ready.
  const notice = document.getElementById("crash");
  notice?.removeAttribute("hidden");
  const details = notice?.querySelector("[data-crash-details]");
  if (details && !details.textContent) details.textContent = String(error);
  document.getElementById("boot")?.remove();
  throw error;
}

/** Asks for the images while the app is still on its way: src/client/early.rs left word what for, and takes the answer. */
function askEarly(session, first) {
  try {
    const { cloud, token } = JSON.parse(session);
    const { cloud: of, url } = JSON.parse(first) ?? {};
    if (of !== cloud) return;
    const headers = { Accept: "application/json", "X-Auth-Token": token.id };
    const answer = fetch(url, { headers }).then(async (answer) => [answer.status, [...answer.headers], await answer.text()]);
    // The app then asks again, and tells what is wrong.
    answer.catch(() => {});
    globalThis.sextantEarly = { url, token: token.id, answer };
  } catch {
    // Whatever is kept there: the app does without.
  }
}
