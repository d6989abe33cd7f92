//! What has to be known of a wasm module before it is written anew: its functions, their types and names.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use wasmparser::{
    ElementItems, ElementKind, ExternalKind, FuncType, GlobalType, KnownCustom, MemoryType, Name, Operator,
    Parser, Payload, TableType, TypeRef,
};

use super::SCRIPT;

/// A module that imports functions only, as wasm-bindgen writes it.
#[derive(Default)]
pub struct Facts {
    pub types: Vec<FuncType>,
    /// The types of the imported functions; their numbers come before the others.
    pub imported: Vec<u32>,
    /// What wasm-bindgen's script is called on for: its long names, and the short ones that take their place.
    pub short_names: BTreeMap<String, String>,
    /// The types of its own functions.
    pub defined: Vec<u32>,
    pub tables: Vec<TableType>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<GlobalType>,
    /// The compiler's name of each function, imported ones first; empty where there is none.
    pub names: Vec<String>,
    /// Which other functions each of its own functions names.
    pub calls: Vec<Vec<u32>>,
    /// Functions that are exported, or in a table, or the start.
    pub roots: Vec<u32>,
}

impl Facts {
    /// Reads them.
    pub fn of(wasm: &[u8]) -> Result<Self> {
        let mut facts = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            facts.take(payload?)?;
        }
        let count = facts.imported.len() + facts.defined.len();
        facts.names.resize(count, String::new());
        Ok(facts)
    }

    /// The type of a function.
    pub fn type_of(&self, function: u32) -> u32 {
        let function = function as usize;
        let own = function.checked_sub(self.imported.len());
        own.map_or_else(|| self.imported[function], |own| self.defined[own])
    }

    fn take(&mut self, payload: Payload<'_>) -> Result<()> {
        match payload {
            Payload::TypeSection(types) => {
                for kind in types.into_iter_err_on_gc_types() {
                    self.types.push(kind?);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    let import = import?;
                    let TypeRef::Func(kind) = import.ty else {
                        bail!("{} is imported and no function", import.name)
                    };
                    if import.module == SCRIPT {
                        let short = format!("_{:x}", self.imported.len());
                        self.short_names.insert(import.name.to_owned(), short);
                    }
                    self.imported.push(kind);
                }
            }
            Payload::FunctionSection(functions) => {
                self.defined = functions.into_iter().collect::<Result<_, _>>()?
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    self.tables.push(table?.ty);
                }
            }
            Payload::MemorySection(memories) => {
                self.memories = memories.into_iter().collect::<Result<_, _>>()?
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    self.globals.push(global?.ty);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    if export.kind == ExternalKind::Func {
                        self.roots.push(export.index);
                    }
                }
            }
            Payload::StartSection { func, .. } => self.roots.push(func),
            Payload::ElementSection(elements) => {
                for element in elements {
                    let element = element?;
                    if !matches!(element.kind, ElementKind::Active { .. }) {
                        bail!("an element segment that is not active");
                    }
                    match element.items {
                        ElementItems::Functions(functions) => {
                            for function in functions {
                                self.roots.push(function?);
                            }
                        }
                        ElementItems::Expressions(_, expressions) => {
                            for expression in expressions {
                                for operator in expression?.get_operators_reader() {
                                    if let Operator::RefFunc { function_index } = operator? {
                                        self.roots.push(function_index);
                                    }
                                }
                            }
                        }
                    }
                }
            }
            Payload::CodeSectionEntry(body) => {
                let mut calls = Vec::new();
                for operator in body.get_operators_reader()? {
                    if let Operator::Call { function_index }
                    | Operator::ReturnCall { function_index }
                    | Operator::RefFunc { function_index } = operator?
                    {
                        calls.push(function_index);
                    }
                }
                self.calls.push(calls);
            }
            Payload::CustomSection(custom) => {
                if let KnownCustom::Name(names) = custom.as_known() {
                    for subsection in names {
                        let Name::Function(names) = subsection? else { continue };
                        for naming in names {
                            let naming = naming?;
                            let index = usize::try_from(naming.index).context("a function's number")?;
                            if self.names.len() <= index {
                                self.names.resize(index + 1, String::new());
                            }
                            self.names[index] = naming.name.to_owned();
                        }
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}
