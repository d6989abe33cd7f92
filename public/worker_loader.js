// Starts the Web Worker (src/bin/worker.rs). A file of its own, because the Content-Security-Policy allows no other worker.
// Says when it can't start: the app would wait for it.
importScripts("worker.js");
wasm_bindgen({ module_or_path: "worker_bg.wasm" }).catch((error) => postMessage(["failed", String(error)]));
