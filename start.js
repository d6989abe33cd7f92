// Starts the app. A file of its own, because the Content-Security-Policy allows no inline script; Trunk writes the names
// of the app's files into the page (pattern_script in Trunk.toml).

// The app is gone when this button is pressed.
document.querySelector("[data-crash-reload]")?.addEventListener("click", () => location.reload());

try {
  const { base, script, wasm } = document.querySelector('meta[name="sextant-app"]').dataset;
  // Only `cargo xtask dist` puts what the first sight of the images does not need into a file of its own.
  const { default: start, fetchLater = async () => {} } = await import(script);
  const isList = ["", "images"].includes(location.pathname.slice(base.length));
  if (!isList || !sessionStorage.getItem("sextant.session")) await fetchLater();
  // The app calls it when the images are there (src/client/later.rs).
  globalThis.sextantLater = fetchLater;
  const started = start({ module_or_path: wasm });
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
