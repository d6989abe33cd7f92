//! Writes the two modules of a plan, and the instrumented one.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Instruction, MemArg, MemorySection,
    Module, TableSection, TypeSection, ValType,
    reencode::{Error, Reencode, RoundtripReencoder, utils},
};
use wasmparser::{FunctionBody, Parser, Payload};

use super::{IMPORT, IS_HERE, MAIN, Plan, SCRIPT, module::Facts};

/// A page of wasm memory.
const PAGE: u64 = 65_536;

type Outcome = Result<(), Error>;

/// What stays, with stubs for what has gone.
pub fn main(wasm: &[u8], plan: &Plan) -> Result<Vec<u8>> {
    let mut module = Module::new();
    write(&mut Main { plan, body: 0 }, &mut module, wasm)?;
    Ok(module.finish())
}

struct Main<'a> {
    plan: &'a Plan,
    /// How many bodies have been written.
    body: usize,
}

impl Main<'_> {
    fn facts(&self) -> &Facts {
        &self.plan.facts
    }

    /// The import that fetches the rest comes after the others.
    fn fetch(&self) -> u32 {
        self.facts().imported.len() as u32
    }

    /// The function that sees to it that the rest is here comes after all.
    fn ensure(&self) -> u32 {
        (self.facts().imported.len() + 1 + self.facts().defined.len()) as u32
    }

    /// The type of functions that take and give nothing comes after all.
    fn plain_type(&self) -> u32 {
        self.facts().types.len() as u32
    }

    fn is_here(&self) -> u32 {
        self.facts().globals.len() as u32
    }

    /// Gives the call on to where the function is now.
    fn stub(&self, function: u32, slot: u32) -> Function {
        let kind = self.facts().type_of(function);
        let mut body = Function::new([]);
        body.instruction(&Instruction::Call(self.ensure()));
        for parameter in 0..self.facts().types[kind as usize].params().len() {
            body.instruction(&Instruction::LocalGet(parameter as u32));
        }
        body.instruction(&Instruction::I32Const(slot as i32));
        body.instruction(&Instruction::CallIndirect { type_index: kind, table_index: 0 });
        body.instruction(&Instruction::End);
        body
    }
}

impl Reencode for Main<'_> {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(if function < self.fetch() { function } else { function + 1 })
    }

    fn parse_type_section(
        &mut self,
        types: &mut TypeSection,
        section: wasmparser::TypeSectionReader<'_>,
    ) -> Outcome {
        utils::parse_type_section(self, types, section)?;
        types.ty().function([], []);
        Ok(())
    }

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: wasmparser::ImportSectionReader<'_>,
    ) -> Outcome {
        for import in section.into_imports() {
            let import = import?;
            let kind = self.entity_type(import.ty)?;
            let short = self.facts().short_names.get(import.name).filter(|_| import.module == SCRIPT);
            imports.import(import.module, short.map_or(import.name, String::as_str), kind);
        }
        imports.import(IMPORT.0, IMPORT.1, EntityType::Function(self.plain_type()));
        Ok(())
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: wasmparser::FunctionSectionReader<'_>,
    ) -> Outcome {
        utils::parse_function_section(self, functions, section)?;
        functions.function(self.plain_type());
        Ok(())
    }

    fn parse_table_section(
        &mut self,
        tables: &mut TableSection,
        section: wasmparser::TableSectionReader<'_>,
    ) -> Outcome {
        for (index, table) in section.into_iter().enumerate() {
            let mut table = table?;
            if index == 0 {
                table.ty.initial += self.plan.slots();
                table.ty.maximum = table.ty.maximum.map(|most| most + self.plan.slots());
            }
            self.parse_table(tables, table)?;
        }
        Ok(())
    }

    fn parse_global_section(
        &mut self,
        globals: &mut GlobalSection,
        section: wasmparser::GlobalSectionReader<'_>,
    ) -> Outcome {
        utils::parse_global_section(self, globals, section)?;
        let kind = GlobalType { val_type: ValType::I32, mutable: true, shared: false };
        globals.global(kind, &ConstExpr::i32_const(0));
        Ok(())
    }

    fn parse_export_section(
        &mut self,
        exports: &mut ExportSection,
        section: wasmparser::ExportSectionReader<'_>,
    ) -> Outcome {
        utils::parse_export_section(self, exports, section)?;
        for (name, kind, index) in self.plan.shared() {
            let index = if kind == ExportKind::Func { self.function_index(index)? } else { index };
            exports.export(&name, kind, index);
        }
        exports.export(IS_HERE, ExportKind::Global, self.is_here());
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: wasmparser::CodeSectionReader<'_>,
    ) -> Outcome {
        utils::parse_code_section(self, code, section)?;
        let mut ensure = Function::new([]);
        for instruction in [
            Instruction::GlobalGet(self.is_here()),
            Instruction::I32Eqz,
            Instruction::If(wasm_encoder::BlockType::Empty),
            Instruction::Call(self.fetch()),
            Instruction::End,
            Instruction::End,
        ] {
            ensure.instruction(&instruction);
        }
        code.function(&ensure);
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Outcome {
        let function = (self.facts().imported.len() + self.body) as u32;
        self.body += 1;
        match self.plan.moved.get(&function) {
            None => utils::parse_function_body(self, code, body)?,
            Some(Some(slot)) => {
                code.function(&self.stub(function, *slot));
            }
            // Nobody here names it: wasm-opt takes it out.
            Some(None) => {
                let mut nothing = Function::new([]);
                nothing.instruction(&Instruction::Unreachable).instruction(&Instruction::End);
                code.function(&nothing);
            }
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, _: &mut Module, _: wasmparser::CustomSectionReader<'_>) -> Outcome {
        Ok(())
    }
}

impl Plan {
    /// What the rest uses of the main file: the name of its export, its kind and its number there. The kinds stand together.
    fn shared(&self) -> Vec<(String, ExportKind, u32)> {
        let count = |many: usize| 0..many as u32;
        let functions = self.needed.iter().map(|function| (ExportKind::Func, *function));
        let tables = count(self.facts.tables.len()).map(|table| (ExportKind::Table, table));
        let memories = count(self.facts.memories.len()).map(|memory| (ExportKind::Memory, memory));
        let globals = count(self.facts.globals.len()).map(|global| (ExportKind::Global, global));
        let all = functions.chain(tables).chain(memories).chain(globals);
        all.enumerate().map(|(number, (kind, index))| (format!("_{number:x}"), kind, index)).collect()
    }
}

/// The functions that have gone, which put themselves into the table.
pub fn later(wasm: &[u8], plan: &Plan) -> Result<Vec<u8>> {
    let mut types = TypeSection::new();
    let mut imports = ImportSection::new();
    let (mut functions, mut code) = (FunctionSection::new(), CodeSection::new());
    let numbers = plan.needed.iter().chain(plan.moved.keys()).enumerate();
    let numbers = numbers.map(|(number, function)| (*function, number as u32)).collect();
    let mut moving = Later { numbers };
    let mut roundtrip = RoundtripReencoder;
    for (name, kind, index) in plan.shared() {
        let at = index as usize;
        let kind = match kind {
            ExportKind::Func => EntityType::Function(plan.facts.type_of(index)),
            ExportKind::Table => {
                let mut table = plan.facts.tables[at];
                if at == 0 {
                    table.initial += plan.slots();
                    table.maximum = table.maximum.map(|most| most + plan.slots());
                }
                EntityType::Table(roundtrip.table_type(table).map_err(plain)?)
            }
            ExportKind::Memory => {
                EntityType::Memory(roundtrip.memory_type(plan.facts.memories[at]).map_err(plain)?)
            }
            _ => EntityType::Global(roundtrip.global_type(plan.facts.globals[at]).map_err(plain)?),
        };
        imports.import(MAIN, &name, kind);
    }
    let mut function = plan.facts.imported.len() as u32;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::TypeSection(section) => moving.parse_type_section(&mut types, section).map_err(plain)?,
            Payload::CodeSectionEntry(body) => {
                if plan.moved.contains_key(&function) {
                    functions.function(plan.facts.type_of(function));
                    moving.parse_function_body(&mut code, body).map_err(plain)?;
                }
                function += 1;
            }
            _ => {}
        }
    }
    let mut elements = ElementSection::new();
    let slots = plan.moved.iter().filter(|(_, slot)| slot.is_some());
    let slots: Vec<u32> = slots.map(|(function, _)| moving.numbers[function]).collect();
    let start = ConstExpr::i32_const(plan.facts.tables[0].initial as i32);
    elements.active(None, &start, Elements::Functions(slots.into()));
    let mut module = Module::new();
    module.section(&types).section(&imports).section(&functions).section(&elements).section(&code);
    Ok(module.finish())
}

struct Later {
    /// The new number of each function that is known there.
    numbers: BTreeMap<u32, u32>,
}

impl Reencode for Later {
    type Error = std::convert::Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        Ok(self.numbers[&function])
    }
}

/// Each function first writes a 1 where its number stands, into pages of its own after the others.
pub fn instrumented(wasm: &[u8], facts: &Facts) -> Result<(Vec<u8>, u32)> {
    let address = u32::try_from(facts.memories[0].initial * PAGE)?;
    let pages = (facts.defined.len() as u64).div_ceil(PAGE);
    let mut module = Module::new();
    write(&mut Instrumented { address, pages, body: 0 }, &mut module, wasm)?;
    Ok((module.finish(), address))
}

struct Instrumented {
    address: u32,
    pages: u64,
    body: u32,
}

impl Reencode for Instrumented {
    type Error = std::convert::Infallible;

    fn parse_memory_section(
        &mut self,
        memories: &mut MemorySection,
        section: wasmparser::MemorySectionReader<'_>,
    ) -> Outcome {
        for memory in section {
            let mut memory = self.memory_type(memory?)?;
            memory.minimum += self.pages;
            memories.memory(memory);
        }
        Ok(())
    }

    fn parse_function_body(&mut self, code: &mut CodeSection, body: FunctionBody<'_>) -> Outcome {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let place = u64::from(self.address + self.body);
        self.body += 1;
        function.instruction(&Instruction::I32Const(0)).instruction(&Instruction::I32Const(1));
        function.instruction(&Instruction::I32Store8(MemArg { offset: place, align: 0, memory_index: 0 }));
        let mut reader = body.get_operators_reader()?;
        while !reader.eof() {
            function.instruction(&self.parse_instruction(&mut reader)?);
        }
        code.function(&function);
        Ok(())
    }

    fn custom_section<'a>(
        &mut self,
        section: wasmparser::CustomSectionReader<'a>,
    ) -> Result<CustomSection<'a>, Error> {
        Ok(utils::custom_section(self, section))
    }
}

fn write(
    how: &mut impl Reencode<Error = std::convert::Infallible>,
    to: &mut Module,
    wasm: &[u8],
) -> Result<()> {
    how.parse_core_module(to, Parser::new(0), wasm).map_err(plain)
}

fn plain(error: Error) -> anyhow::Error {
    anyhow!("the module could not be written: {error}")
}
