//! Takes the main wasm apart by what has been seen to run: the functions that the first sight of the images needs stay, the
//! rest goes to a file that is fetched afterwards.
//!
//! What the main file imports from wasm-bindgen's script gets short names on the way: half of each was a hash.
//!
//! What runs was recorded once (`cargo xtask profile`, first.txt). A function that has gone elsewhere leaves a stub, which
//! calls it through the table; the first stub that is called too early fetches the file on the spot (later.js). So a record
//! that no longer fits costs time, never a mistake.

mod module;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use rustc_demangle::demangle;
use sha2::{Digest, Sha256};

use module::Facts;

/// The functions that run before and shortly after the first image is seen, as [`key`] writes them.
const FIRST: &str = include_str!("first.txt");
/// The import by which the main file asks for the rest: module and name.
pub const IMPORT: (&str, &str) = ("later", "now");
/// What the main file imports the browser from, by names that are half hashes.
pub const SCRIPT: &str = "./sextant_bg.js";
/// What the rest imports everything from.
pub const MAIN: &str = "main";
/// The exported global that says whether the rest is here.
pub const IS_HERE: &str = "later_is_here";

/// What sorts and what keeps in order takes other ways through its code for other data: no recording meets all of them. So
/// this stays where it is about what the list shows, recorded or not …
const ORDERING: [&str; 2] = ["core::slice::sort::", "alloc::collections::btree::node::"];
const LISTED: [&str; 4] = [
    // Sorted as they are sorted unless the person says otherwise.
    "<[alloc::sync::Arc<sextant::domain::image_list::index::IndexedImage>]>::sort_by<",
    "domain::image_list::index::Slot",
    // An image's properties.
    "(alloc::string::String, alloc::string::String)",
    "Mut, alloc::string::String, alloc::string::String",
];
/// … and so do the steps that all JSON is read by.
const READING: &str = "<serde_json::de::Deserializer<serde_json::read::StrRead>>::";

/// A module in two files.
pub struct Split {
    /// What comes first.
    pub main: Vec<u8>,
    /// What is fetched afterwards.
    pub later: Vec<u8>,
    /// What the main file calls the script's functions now, by what wasm-bindgen has called them.
    pub short_names: BTreeMap<String, String>,
    /// How many functions have moved, of how many.
    pub moved: (usize, usize),
    /// How many recorded functions this build has, of how many.
    pub found: (usize, usize),
}

/// Who goes where.
struct Plan {
    facts: Facts,
    /// The functions that move, with the slot of the table that stands for each; none where only other moved ones call it.
    moved: BTreeMap<u32, Option<u32>>,
    /// Functions that stay and are called by moved ones, in the order of their exports.
    needed: Vec<u32>,
}

/// Splits a module that still has its functions' names.
///
/// # Errors
/// For a module that wasm-bindgen would not write.
pub fn split(wasm: &[u8]) -> Result<Split> {
    split_by(&FIRST.split_whitespace().collect(), wasm)
}

fn split_by(first: &BTreeSet<&str>, wasm: &[u8]) -> Result<Split> {
    let facts = Facts::of(wasm)?;
    ensure!(facts.names.iter().any(|name| !name.is_empty()), "the module has lost its functions' names");
    ensure!(!facts.short_names.is_empty(), "the module imports nothing from {SCRIPT}");
    ensure!(!facts.tables.is_empty() && !facts.globals.is_empty(), "the module has no table, or no stack");
    let keys: BTreeSet<String> = facts.names.iter().map(|name| key(name)).collect();
    let found = (first.iter().filter(|name| keys.contains(**name)).count(), first.len());
    let plan = Plan::new(facts, first);
    Ok(Split {
        main: write::main(wasm, &plan)?,
        later: write::later(wasm, &plan)?,
        moved: (plan.moved.len(), plan.facts.defined.len()),
        found,
        short_names: plan.facts.short_names,
    })
}

/// A module that notes which of its functions have run, one byte each in its memory, from the returned address on; and the
/// keys of the functions in that order.
///
/// # Errors
/// As [`split`].
pub fn instrument(wasm: &[u8]) -> Result<(Vec<u8>, u32, Vec<String>)> {
    let facts = Facts::of(wasm)?;
    let own = facts.names[facts.imported.len()..].iter().map(|name| key(name)).collect();
    let (wasm, address) = write::instrumented(wasm, &facts)?;
    Ok((wasm, address, own))
}

/// What a function is known by in first.txt: a hash of its name without the compiler's own hashes.
fn key(name: &str) -> String {
    let hash = Sha256::digest(plain(name));
    hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

/// Whether it may be needed for the first rows although no recording needed it.
fn follows_the_data(name: &str) -> bool {
    let name = plain(name);
    let has = |part: &&str| name.contains(*part);
    name.starts_with(READING) || ORDERING.iter().any(has) && LISTED.iter().any(has)
}

/// A function's name without the compiler's own hashes.
fn plain(name: &str) -> String {
    without_crate_hashes(&format!("{:#}", demangle(name)))
}

/// wasm-bindgen writes `leptos[e76b4e0ae9ac1b4c]::…`, and another version of a crate has another number.
fn without_crate_hashes(name: &str) -> String {
    let mut pieces = name.split('[');
    let mut plain = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once(']') {
            Some((hash, rest)) if hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit()) => {
                plain.push_str(rest);
            }
            _ => plain.extend(["[", piece]),
        }
    }
    plain
}

/// The names of wasm-bindgen's adapters are numbers of one build only. They are small, so all stay.
fn is_adapter(name: &str) -> bool {
    name.contains("externref shim")
}

impl Plan {
    fn new(facts: Facts, first: &BTreeSet<&str>) -> Self {
        let imported = facts.imported.len();
        let stays = |function: u32| {
            let function = function as usize;
            let name = &facts.names[function];
            function < imported
                || is_adapter(name)
                || first.contains(key(name).as_str())
                || follows_the_data(name)
        };
        let own = (imported..imported + facts.defined.len()).map(|function| function as u32);
        let (first, later): (Vec<u32>, Vec<u32>) = own.partition(|function| stays(*function));
        let calls = |function: &u32| &facts.calls[*function as usize - imported];

        // Whom the main file still names: these need a stub, and a slot to be found by.
        let named: BTreeSet<u32> = first.iter().flat_map(calls).chain(&facts.roots).copied().collect();
        let mut slot = facts.tables[0].initial as u32;
        let mut moved = BTreeMap::new();
        for function in later {
            let its = named.contains(&function).then(|| {
                slot += 1;
                slot - 1
            });
            moved.insert(function, its);
        }
        let needed: BTreeSet<u32> = moved.keys().flat_map(calls).copied().collect();
        let needed = needed.into_iter().filter(|function| !moved.contains_key(function)).collect();
        Self { facts, moved, needed }
    }

    /// How many slots the table gets more.
    fn slots(&self) -> u64 {
        self.moved.values().flatten().count() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{fs, process::Command};
    use wasm_encoder::{
        CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
        FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemorySection, MemoryType,
        Module, NameMap, NameSection, RefType, TableSection, TableType, TypeSection, ValType,
    };

    /// `start(a, b)` stays; it calls `add` and, through the table, `twice`, which have gone, and they call `one`, which stays.
    fn example() -> Vec<u8> {
        let mut types = TypeSection::new();
        let mut imports = ImportSection::new();
        let mut functions = FunctionSection::new();
        types.ty().function([ValType::I32; 2], [ValType::I32]);
        types.ty().function([ValType::I32], [ValType::I32]);
        imports.import(SCRIPT, "one", EntityType::Function(1));
        for kind in [0, 0, 1, 1] {
            functions.function(kind);
        }
        let mut tables = TableSection::new();
        let element_type = RefType::FUNCREF;
        tables.table(TableType { element_type, minimum: 2, maximum: Some(2), table64: false, shared: false });
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut globals = GlobalSection::new();
        let stack = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(stack, &ConstExpr::i32_const(9));
        let mut exports = ExportSection::new();
        exports.export("start", ExportKind::Func, 1).export("memory", ExportKind::Memory, 0);
        let mut elements = ElementSection::new();
        elements.active(None, &ConstExpr::i32_const(1), Elements::Functions(vec![3].into()));
        let mut code = CodeSection::new();
        let (get, call) = (Instruction::LocalGet, Instruction::Call);
        for body in [
            // start(a, b) = twice(add(a, b))
            vec![
                get(0),
                get(1),
                call(2),
                Instruction::I32Const(1),
                Instruction::CallIndirect { type_index: 1, table_index: 0 },
            ],
            // add(a, b) = one(a) + b
            vec![get(0), call(0), get(1), Instruction::I32Add],
            // twice(a) = a + same(a)
            vec![get(0), get(0), call(4), Instruction::I32Add],
            // same(a) = a, called by `twice` only
            vec![get(0)],
        ] {
            let mut function = Function::new([]);
            body.iter().for_each(|instruction| {
                function.instruction(instruction);
            });
            code.function(function.instruction(&Instruction::End));
        }
        let mut naming = NameMap::new();
        for (function, name) in ["one", "start", "add", "twice", "same"].iter().enumerate() {
            naming.append(function as u32, name);
        }
        let mut names = NameSection::new();
        names.functions(&naming);
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&functions).section(&tables).section(&memories);
        module.section(&globals).section(&exports).section(&elements).section(&code).section(&names);
        module.finish()
    }

    #[test]
    fn a_function_is_known_by_the_same_key_in_other_builds() {
        let names =
            ["<leptos[e76b4e0ae9ac1b4c]::View<[u8]>>::new", "<leptos[0123456789abcdef]::View<[u8]>>::new"];
        assert_eq!(names.map(without_crate_hashes), ["<leptos::View<[u8]>>::new"; 2]);
        assert_eq!(key(names[0]), key(names[1]));
        assert!(is_adapter("<unknown> externref shim_6109"));
    }

    #[test]
    fn what_goes_other_ways_for_other_data_stays_where_it_is_about_what_the_list_shows() {
        let sort = |list: &str| {
            format!("core[e76b4e0ae9ac1b4c]::slice::sort::stable::drift::sort::<_, <[{list}]>::sort_by<_>>")
        };
        let rows = "alloc[e76b4e0ae9ac1b4c]::sync::Arc<sextant[0123456789abcdef]::domain::image_list::index::IndexedImage>";
        assert!(follows_the_data(&sort(rows)));
        assert!(!follows_the_data(&sort("sextant[0123456789abcdef]::openstack::keystone::Project")));
        assert!(follows_the_data("<serde_json::de::Deserializer<serde_json::read::StrRead>>::parse_decimal"));
        assert!(!follows_the_data("serde_json::de::from_str::<sextant::openstack::versions::Versions>"));
    }

    #[test]
    fn what_has_gone_is_fetched_by_the_first_call_and_works_as_before() {
        let start = key("start");
        let split = split_by(&BTreeSet::from([start.as_str()]), &example()).unwrap();
        assert_eq!((split.moved, split.found), ((3, 4), (1, 1)));
        assert_eq!(split.short_names, BTreeMap::from([("one".to_owned(), "_0".to_owned())]));
        let folder = std::env::temp_dir().join(format!("sextant-later-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("main.wasm"), &split.main).unwrap();
        fs::write(folder.join("later.wasm"), &split.later).unwrap();
        let script = "
            const { readFileSync } = require('node:fs');
            const module = (name) => new WebAssembly.Module(readFileSync(`${process.argv[1]}/${name}.wasm`));
            let fetched = 0, wasm;
            const now = () => {
                fetched += 1;
                new WebAssembly.Instance(module('later'), { main: wasm });
                wasm.later_is_here.value = 1;
            };
            wasm = new WebAssembly.Instance(module('main'), { [process.argv[2]]: { _0: (a) => a + 1 }, later: { now } }).exports;
            const before = fetched;
            console.log([before, wasm.start(3, 4), wasm.start(5, 6), fetched].join(' '));
        ";
        let output = Command::new("node").arg("-e").arg(script).arg(&folder).arg(SCRIPT).output().unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "0 16 24 1", "{output:?}");
    }

    #[test]
    fn the_compilers_own_hashes_are_no_part_of_a_key() {
        assert_eq!(key("_RNvCsbmNqQUJIY6D_4core3one"), key("_RNvCs1234567890a_4core3one"));
        assert_ne!(key("_RNvCsbmNqQUJIY6D_4core3one"), key("_RNvCsbmNqQUJIY6D_4core3two"));
    }

    #[test]
    fn an_instrumented_module_notes_what_runs() {
        let (wasm, address, functions) = instrument(&example()).unwrap();
        assert_eq!((address, functions.len()), (65_536, 4));
        assert_eq!(functions[0], key("start"));
        let facts = Facts::of(&wasm).unwrap();
        assert_eq!(facts.memories[0].initial, 2);
    }
}
