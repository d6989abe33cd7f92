//! Prints the report of a file: `cargo run -p sextant-inspector --example inspect -- FILE [DISK_FORMAT]…`

use std::error::Error;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("usage: inspect FILE [DISK_FORMAT]…")?;
    let mut file = File::open(&path)?;
    let mut asked = 0;
    let report = sextant_inspector::inspect(file.metadata()?.len(), |range| {
        let len = range.end - range.start;
        asked += len;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(range.start))?;
        (&mut file).take(len).read_to_end(&mut bytes)?;
        Ok(bytes)
    })?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{report:#?}\n{asked} bytes read")?;
    let mut declared: Vec<String> = args.collect();
    if declared.is_empty() {
        declared.push(report.suggested_format().map_or("raw", |format| format.name()).to_owned());
    }
    for format in declared {
        writeln!(out, "\nas {format}: {}", report.decide(&format))?;
        for finding in report.findings(&format) {
            writeln!(out, "  {finding}")?;
        }
    }
    Ok(())
}
