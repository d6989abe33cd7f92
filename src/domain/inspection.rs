//! What the create form makes of an inspected file: what to say about it as it is declared, and what to fill in.

use sextant_inspector::{
    finding::{Finding, Fix, Level, What},
    report::Report,
};

/// What to say about a file that is declared so; the worst first. The size of the disk inside is said only while the minimum is
/// below it, in GiB.
pub fn findings(report: &Report, disk_format: &str, container_format: &str, min_disk: &str) -> Vec<Finding> {
    let mut findings = report.findings_in(disk_format, container_format);
    // Nothing is declared yet: there is nothing to refuse.
    findings.retain(|finding| !(disk_format.is_empty() && finding.level == Level::Blocker));
    let has = min_disk.trim().parse().unwrap_or(0);
    findings.retain(|finding| match (&finding.what, finding.fix) {
        (What::VirtualSize(_), Some(Fix::SetMinDisk(needs))) => needs > has,
        _ => true,
    });
    findings
}

/// Whether the cloud would refuse the file as it is declared.
pub fn is_refused(report: &Report, disk_format: &str, container_format: &str) -> bool {
    let is_blocker = |finding: &Finding| finding.level == Level::Blocker;
    findings(report, disk_format, container_format, "").iter().any(is_blocker)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sextant_inspector::format::Format;

    /// A qcow2 of version 3 with a disk of 3 GiB.
    fn report() -> Report {
        let mut head = vec![0; 4096];
        head[..8].copy_from_slice(b"QFI\xfb\0\0\0\x03");
        head[24..32].copy_from_slice(&(3_u64 << 30).to_be_bytes());
        let read = |range: std::ops::Range<u64>| {
            let (start, end) = (range.start as usize, range.end as usize);
            Ok(head.iter().copied().chain(std::iter::repeat(0)).skip(start).take(end - start).collect())
        };
        sextant_inspector::inspect(2 << 20, read).expect("memory can be read")
    }

    #[test]
    fn a_wrong_format_blocks_only_where_the_cloud_looks() {
        let report = report();
        assert!(is_refused(&report, "vmdk", "bare"));
        assert!(!is_refused(&report, "vmdk", "ova"), "Glance looks into bare images only");
        assert!(!is_refused(&report, "qcow2", "bare") && !is_refused(&report, "", "bare"));
        let first = findings(&report, "vmdk", "bare", "0").into_iter().next().expect("a blocker");
        assert_eq!(first.fix, Some(Fix::SetFormat(Format::Qcow2)));
    }

    #[test]
    fn the_minimum_disk_is_offered_until_it_is_enough() {
        let offers = |min_disk: &str| {
            let findings = findings(&report(), "qcow2", "bare", min_disk);
            findings.iter().any(|finding| finding.fix == Some(Fix::SetMinDisk(3)))
        };
        assert!(offers("0") && offers("") && offers("x") && offers("2"));
        assert!(!offers("3") && !offers(" 10 "));
    }
}
