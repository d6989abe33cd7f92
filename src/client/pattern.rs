//! Regular expressions that come from the cloud, run by the browser's own engine: none is downloaded for it.

use wasm_bindgen::{JsCast, JsValue};

/// Whether the expression matches somewhere in the text, as JSON schema has it; `None` when it is no expression.
pub fn matches(pattern: &str, text: &str) -> Option<bool> {
    let constructor = js_sys::Reflect::get(&js_sys::global(), &JsValue::from_str("RegExp")).ok()?;
    let constructor = constructor.dyn_ref::<js_sys::Function>()?;
    let compile = |flags: &str| {
        let arguments = js_sys::Array::of2(&JsValue::from_str(pattern), &JsValue::from_str(flags));
        // Not `RegExp::new`, which would throw through us at a mistake.
        js_sys::Reflect::construct(constructor, &arguments).ok()
    };
    // Older ways to write are mistakes with Unicode.
    let expression = compile("u").or_else(|| compile(""))?;
    Some(expression.dyn_ref::<js_sys::RegExp>()?.test(text))
}
