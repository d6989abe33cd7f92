// Put behind wasm-bindgen's script by `cargo xtask dist` (xtask/src/dist/later.rs): fetches the functions that the first
// sight of the images does not need.
const LATER = new URL("./LATER_NAME", import.meta.url);
let later;
let coming;

/** Fetches and compiles them in the background, once for all who ask; after a failure, anew. */
export async function fetchLater() {
  coming ??= WebAssembly.compileStreaming(fetch(LATER));
  try {
    const module = await coming;
    later ??= module;
  } catch (error) {
    coming = undefined;
    throw error;
  }
}

/** One of them is called: they are needed now, and the caller can't wait for a promise. */
function laterNow() {
  later ??= new WebAssembly.Module(fetchAtOnce());
  new WebAssembly.Instance(later, { main: wasm });
  wasm.later_is_here.value = 1;
}

function fetchAtOnce() {
  const request = new XMLHttpRequest();
  request.open("GET", LATER, false);
  // A request that is waited for gives bytes only as characters; their upper halves fall away below.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  try {
    request.send();
    if (request.status !== 200) throw new Error(`HTTP ${request.status}`);
  } catch (error) {
    // The call can't be answered and the app can't go on: the page has the words for that.
    const notice = document.getElementById("crash");
    notice?.removeAttribute("hidden");
    // Timers go on calling into what is not there: told once.
    const details = notice?.querySelector("[data-crash-details]");
    if (details && !details.textContent) details.textContent = `${LATER}: ${error}`;
    throw error;
  }
  return Uint8Array.from(request.responseText, (character) => character.charCodeAt(0));
}
