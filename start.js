// Starts the app. A file of its own, because the Content-Security-Policy allows no inline script; Trunk writes the names
// of the app's files into the page (pattern_script in Trunk.toml).

// The app is gone when this button is pressed.
document.querySelector("[data-crash-reload]")?.addEventListener("click", () => location.reload());

try {
  const { script, wasm } = document.querySelector('meta[name="sextant-app"]').dataset;
  const { default: start } = await import(script);
  await start({ module_or_path: wasm });
} catch (error) {
  // The app cannot say that it did not start: the page has the words ready.
  const notice = document.getElementById("crash");
  notice?.removeAttribute("hidden");
  const details = notice?.querySelector("[data-crash-details]");
  if (details && !details.textContent) details.textContent = String(error);
  document.getElementById("boot")?.remove();
  throw error;
}
