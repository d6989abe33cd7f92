// Starts the app. A file of its own, because the Content-Security-Policy allows no inline script; Trunk writes the names
// of the app's files into the page (pattern_script in Trunk.toml).
const { script, wasm } = document.querySelector('meta[name="sextant-app"]').dataset;

try {
  const { default: start } = await import(script);
  await start({ module_or_path: wasm });
} catch (error) {
  // The app cannot say that it did not start: the page has the words ready.
  document.getElementById("crash")?.removeAttribute("hidden");
  throw error;
}
