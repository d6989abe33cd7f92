//! Release archives, where the network lets them through: the quick way. Without it everything is built from source.

use std::{fs, path::Path, sync::OnceLock};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::run;

/// Takes `program` out of the archive at `url` and puts it to `place`. False, with a word, where that cannot be had; the
/// archive's checksum lies beside it, with `checksum` as its ending.
pub fn fetch(what: &str, url: &str, checksum: &str, program: &str, place: &Path) -> Result<bool> {
    if !reachable() {
        return Ok(false);
    }
    let fetched = run::timed(&format!("{what} (its release)"), || unpack(url, checksum, program, place));
    if let Err(error) = &fetched {
        run::say(&format!("Not to be had as a release: {error:#}"));
    }
    Ok(fetched.is_ok())
}

/// Asked once: where it does not answer at once, nobody should wait for it again.
fn reachable() -> bool {
    static REACHABLE: OnceLock<bool> = OnceLock::new();
    *REACHABLE.get_or_init(|| {
        let mut curl = run::command("curl");
        curl.args(["--silent", "--head", "--fail", "--max-time", "3", "--output", "-", "https://github.com"]);
        run::capture(&mut curl).is_ok()
    })
}

fn unpack(url: &str, checksum: &str, program: &str, place: &Path) -> Result<()> {
    let room = std::env::temp_dir().join(format!("sextant-setup-{}", std::process::id()));
    fs::create_dir_all(&room).with_context(|| format!("{} could not be made", room.display()))?;
    let done = unpack_in(&room, url, checksum, program, place);
    // A folder left in the temporary place harms nobody; the outcome is what counts.
    fs::remove_dir_all(&room).ok();
    done
}

fn unpack_in(room: &Path, url: &str, checksum: &str, program: &str, place: &Path) -> Result<()> {
    let archive = room.join("archive.tar.gz");
    download(url, &archive)?;
    download(&format!("{url}.{checksum}"), &room.join("checksum"))?;
    let named = fs::read_to_string(room.join("checksum")).context("its checksum could not be read")?;
    let found = hex(&Sha256::digest(fs::read(&archive).context("the archive could not be read")?));
    if !named.split_whitespace().any(|word| word.eq_ignore_ascii_case(&found)) {
        bail!("the archive's SHA-256 is {found}, which its checksum file does not name");
    }
    run::show(run::command("tar").arg("-xzf").arg(&archive).arg("-C").arg(room))?;
    let unpacked = find_file(room, program).with_context(|| format!("the archive holds no `{program}`"))?;
    if let Some(folder) = place.parent() {
        fs::create_dir_all(folder).with_context(|| format!("{} could not be made", folder.display()))?;
    }
    // Copied under another name and renamed: a program in use cannot be written over, and none is seen half there.
    let beside = place.with_extension("new");
    fs::copy(&unpacked, &beside).with_context(|| format!("{} could not be written", beside.display()))?;
    fs::rename(&beside, place).with_context(|| format!("{} could not be written", place.display()))
}

fn download(url: &str, to: &Path) -> Result<()> {
    let mut curl = run::command("curl");
    curl.args(["--silent", "--show-error", "--fail", "--location", "--max-time", "120", "--output"])
        .arg(to)
        .arg(url);
    run::capture(&mut curl).map(drop)
}

/// Archives have the program at the top or one folder down.
fn find_file(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    let direct = folder.join(name);
    if direct.is_file() {
        return Some(direct);
    }
    fs::read_dir(folder).ok()?.flatten().map(|entry| entry.path().join(name)).find(|path| path.is_file())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// An archive with `tool` in it, its checksum file, and an empty place to install to.
    fn release(name: &str, checksum: impl Fn(&str) -> String) -> (std::path::PathBuf, String) {
        let folder = std::env::temp_dir().join(format!("sextant-prebuilt-{name}-{}", std::process::id()));
        fs::create_dir_all(folder.join("pack/tool-1.0")).unwrap();
        fs::write(folder.join("pack/tool-1.0/tool"), "the tool").unwrap();
        let archive = folder.join("tool.tar.gz");
        run::show(
            run::command("tar").arg("-czf").arg(&archive).arg("-C").arg(folder.join("pack")).arg("tool-1.0"),
        )
        .unwrap();
        let sum = hex(&Sha256::digest(fs::read(&archive).unwrap()));
        fs::write(folder.join("tool.tar.gz.sha256"), checksum(&sum)).unwrap();
        let url = format!("file://{}", archive.display());
        (folder, url)
    }

    #[test]
    fn a_release_with_the_right_checksum_is_installed() {
        let (folder, url) = release("right", |sum| format!("{sum}  tool.tar.gz\n"));
        unpack(&url, "sha256", "tool", &folder.join("bin/tool")).unwrap();
        assert_eq!(fs::read_to_string(folder.join("bin/tool")).unwrap(), "the tool");
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_release_with_another_checksum_is_not_installed() {
        let (folder, url) = release("wrong", |sum| sum.replace(&sum[..4], "0000"));
        let error = unpack(&url, "sha256", "tool", &folder.join("bin/tool")).unwrap_err().to_string();
        assert!(error.contains("which its checksum file does not name"), "{error}");
        assert!(!folder.join("bin/tool").exists());
        fs::remove_dir_all(folder).unwrap();
    }
}
