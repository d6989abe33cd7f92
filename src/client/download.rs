//! Receives an image's bytes: a `fetch` with the token in a header, its body read piece by piece, to a file of the person's choice
//! or into memory. A download is never a link with a token in it.

use js_sys::{Array, Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Blob, HtmlAnchorElement, ReadableStreamDefaultReader, RequestInit, Response};

use crate::{
    client::worker::{HashStream, Worker},
    openstack::{
        catalog::endpoint_url,
        error::{ApiError, Fault},
        glance::{self, image::Image},
        ids::ImageId,
        request::{Answer, Service},
        secret::Secret,
    },
};

/// What is held in memory is handed to the browser in such pieces, which it may put on disk by itself.
const PIECE: u32 = 32 << 20;
/// Browsers begin a download of a held file some time after the click.
const KEEP_ADDRESS_MS: u32 = 60_000;

/// Where the bytes go.
pub enum Sink {
    /// A file that is being written; it appears when it is closed, and not at all when it is given up.
    Disk(JsValue),
    /// Memory.
    Memory(Held),
}

/// Bytes in memory.
#[derive(Default)]
pub struct Held {
    blobs: Array,
    pieces: Array,
    bytes: u32,
}

/// Why there are no bytes, or no more.
#[derive(Debug)]
pub enum Trouble {
    /// The cloud refused.
    Refused(ApiError),
    /// The connection ended, or was ended since more came than there is.
    CutOff(u64),
    /// The file could not be written.
    NotWritten,
    /// It was stopped.
    Stopped,
}

/// Whether the browser can write to a file while it is received.
pub fn can_write_to_disk() -> bool {
    web_sys::window().is_some_and(|window| function(&window, "showSaveFilePicker").is_some())
}

/// Lets the person choose a file. It must be called while a click is handled. `None` when they chose none.
///
/// # Errors
/// Where the browser does not let the file be written.
pub async fn choose_file(name: &str) -> Result<Option<Sink>, Trouble> {
    let Some(window) = web_sys::window() else { return Ok(None) };
    let options = js_sys::Object::new();
    // Setting a property of a fresh plain object can't fail.
    let _ = Reflect::set(&options, &"suggestedName".into(), &name.into());
    let handle = match call(&window, "showSaveFilePicker", &options).await {
        Ok(handle) => handle,
        // "AbortError": the dialog was closed.
        Err(error) if Reflect::get(&error, &"name".into()).is_ok_and(|it| it == "AbortError") => {
            return Ok(None);
        }
        Err(_) => return Err(Trouble::NotWritten),
    };
    let writable = call(&handle, "createWritable", &JsValue::UNDEFINED).await;
    writable.map(|file| Some(Sink::Disk(file))).map_err(|_| Trouble::NotWritten)
}

/// Receives an image. `on_bytes` is told how many have come. The answer is their number, and the hash where one was to be worked out
/// and could be.
///
/// # Errors
/// See [`Trouble`]; `CutOff` also once more bytes have come than the image has.
pub async fn receive(
    (base, token): (&str, &Secret),
    image: &Image,
    sink: &mut Sink,
    hash: Option<&Worker>,
    stop: &AbortSignal,
    on_bytes: impl Fn(u64),
) -> Result<(u64, Option<String>), Trouble> {
    let failed = |got| if stop.aborted() { Trouble::Stopped } else { Trouble::CutOff(got) };
    let response = ask(base, token, &image.id, stop).await?;
    let mut hash = match hash {
        Some(worker) => HashStream::begin(worker).await,
        None => None,
    };
    let mut got = 0;
    let Some(body) = response.body() else { return Err(failed(0)) };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let part = JsFuture::from(reader.read()).await.map_err(|_| failed(got))?;
        let Ok(bytes) = Reflect::get(&part, &"value".into()).and_then(|value| value.dyn_into::<Uint8Array>())
        else {
            break;
        };
        got += u64::from(bytes.length());
        // It may have no end, and memory and disks have one.
        if image.size.is_some_and(|size| got > size) {
            return Err(failed(got));
        }
        // Written and hashed at the same time; both are waited for, so that neither piles up.
        let writing = sink.write(&bytes)?;
        if let Some(stream) = hash
            && !stream.feed(&bytes).await
        {
            hash = None;
        }
        if let Some(writing) = writing {
            JsFuture::from(writing).await.map_err(|_| Trouble::NotWritten)?;
        }
        on_bytes(got);
    }
    if stop.aborted() {
        return Err(Trouble::Stopped);
    }
    let hash = match hash {
        Some(stream) => stream.end().await,
        None => None,
    };
    Ok((got, hash))
}

async fn ask(base: &str, token: &Secret, image: &ImageId, stop: &AbortSignal) -> Result<Response, Trouble> {
    let offline = |_: JsValue| {
        if stop.aborted() { Trouble::Stopped } else { Trouble::Refused(ApiError::Offline) }
    };
    let init = RequestInit::new();
    init.set_signal(Some(stop));
    let url = endpoint_url(base, &glance::file_path(image));
    let request = web_sys::Request::new_with_str_and_init(&url, &init).map_err(offline)?;
    // For anything else Glance answers errors in HTML.
    for (name, value) in [("Accept", "application/json"), ("X-Auth-Token", token.reveal())] {
        request.headers().set(name, value).map_err(offline)?;
    }
    let Some(window) = web_sys::window() else { return Err(Trouble::Stopped) };
    let response = JsFuture::from(window.fetch_with_request(&request)).await.map_err(offline)?;
    let response: Response = response.unchecked_into();
    if response.status() == 200 {
        return Ok(response);
    }
    let header =
        |name: &str| response.headers().get(name).ok().flatten().map(|value| (name.to_owned(), value));
    let headers: Vec<_> =
        ["content-type", "x-openstack-request-id", "retry-after"].into_iter().filter_map(header).collect();
    let text = match response.text() {
        Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
        Err(_) => String::new(),
    };
    let answer = Answer::new(response.status(), headers, text);
    Err(Trouble::Refused(Fault::parse(Service::Image, &answer).into()))
}

impl Sink {
    fn write(&mut self, bytes: &Uint8Array) -> Result<Option<Promise>, Trouble> {
        match self {
            Self::Disk(file) => start(file, "write", bytes).map(Some).map_err(|_| Trouble::NotWritten),
            Self::Memory(held) => {
                held.pieces.push(bytes);
                held.bytes = held.bytes.saturating_add(bytes.length());
                if held.bytes >= PIECE {
                    held.pack()?;
                }
                Ok(None)
            }
        }
    }

    /// Makes the file of it.
    ///
    /// # Errors
    /// When it can't be written.
    pub async fn finish(self, name: &str) -> Result<(), Trouble> {
        match self {
            Self::Disk(file) => {
                call(&file, "close", &JsValue::UNDEFINED).await.map(drop).map_err(|_| Trouble::NotWritten)
            }
            Self::Memory(mut held) => {
                held.pack()?;
                let blob = Blob::new_with_blob_sequence(&held.blobs).map_err(|_| Trouble::NotWritten)?;
                offer(&blob, name).ok_or(Trouble::NotWritten)
            }
        }
    }

    /// Leaves no file behind.
    pub async fn give_up(self) {
        if let Self::Disk(file) = self {
            // A file that can't be given up was never there.
            let _ = call(&file, "abort", &JsValue::UNDEFINED).await;
        }
    }
}

impl Held {
    fn pack(&mut self) -> Result<(), Trouble> {
        let blob = Blob::new_with_u8_array_sequence(&self.pieces).map_err(|_| Trouble::NotWritten)?;
        self.blobs.push(&blob);
        self.pieces = Array::new();
        self.bytes = 0;
        Ok(())
    }
}

/// Makes a file of a text; false where the browser refuses.
pub fn offer_text(text: &str, name: &str) -> bool {
    let parts = Array::of1(&text.into());
    Blob::new_with_str_sequence(&parts).ok().and_then(|blob| offer(&blob, name)).is_some()
}

/// Hands a held file to the browser's own downloads.
fn offer(blob: &Blob, name: &str) -> Option<()> {
    let address = web_sys::Url::create_object_url_with_blob(blob).ok()?;
    let link = web_sys::window()?.document()?.create_element("a").ok()?;
    let link: HtmlAnchorElement = link.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    wasm_bindgen_futures::spawn_local(async move {
        gloo_timers::future::TimeoutFuture::new(KEEP_ADDRESS_MS).await;
        // An address that is not given back lives until the tab is closed.
        let _ = web_sys::Url::revoke_object_url(&address);
    });
    Some(())
}

fn function(holder: &JsValue, name: &str) -> Option<Function> {
    Reflect::get(holder, &name.into()).ok()?.dyn_into().ok()
}

fn start(holder: &JsValue, method: &str, argument: &JsValue) -> Result<Promise, JsValue> {
    let method = function(holder, method).ok_or(JsValue::UNDEFINED)?;
    method.call1(holder, argument).map(|promise| Promise::resolve(&promise))
}

async fn call(holder: &JsValue, method: &str, argument: &JsValue) -> Result<JsValue, JsValue> {
    JsFuture::from(start(holder, method, argument)?).await
}
