//! The container file, read as an engine would: no engine is needed to see that a source is gone.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn top() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Its instructions, each with its words; a comment is none.
fn instructions() -> Vec<(String, Vec<String>)> {
    let text = fs::read_to_string(top().join(".ci/Containerfile")).expect("the container file");
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let mut words = line.split_whitespace().map(str::to_owned);
            (words.next().expect("an instruction"), words.collect())
        })
        .collect()
}

/// What of the tree the first stage gets.
fn copied() -> BTreeSet<PathBuf> {
    let copies = instructions()
        .into_iter()
        .filter(|(name, _)| name == "COPY");
    copies
        .filter(|(_, words)| !words[0].starts_with("--"))
        .flat_map(|(_, words)| words[..words.len() - 1].to_vec())
        .map(PathBuf::from)
        .collect()
}

#[test]
fn every_source_is_there_and_every_stage_is_known() {
    let mut stages = BTreeSet::new();
    for (name, words) in instructions() {
        match name.as_str() {
            "FROM" => {
                assert_eq!(words[1], "AS", "{words:?}");
                assert!(stages.insert(words[2].clone()), "{words:?} twice");
            }
            "COPY" if words[0].starts_with("--from=") => {
                let stage = words[0].trim_start_matches("--from=");
                assert!(stages.contains(stage), "{words:?}");
                let binary = words[1].strip_prefix("/firstline/target/release/");
                assert_eq!(binary, Some(env!("CARGO_PKG_NAME")), "{words:?}");
            }
            "COPY" => {
                for source in &words[..words.len() - 1] {
                    assert!(top().join(source).exists(), "{source}");
                }
            }
            "RUN" | "WORKDIR" | "USER" | "ENV" | "ENTRYPOINT" => {}
            other => panic!("{other} {words:?}"),
        }
    }
    assert_eq!(stages.len(), 2);
    assert!(copied().len() > 5);
}

#[test]
fn the_compiler_is_the_one_the_manifest_asks_for() {
    let (_, first) = instructions().remove(0);
    let (_, tag) = first[0].rsplit_once(':').expect("a tag");
    let asked = env!("CARGO_PKG_RUST_VERSION");
    let version = tag.trim_end_matches("-alpine");
    assert!(
        asked.starts_with(version),
        "{tag}, but {asked} is asked for"
    );
}

/// Files named in the manifest and files compiled in: a build without one of them fails late.
#[test]
fn everything_the_build_reads_is_copied() {
    let copied = copied();
    let manifest = fs::read_to_string(top().join("Cargo.toml")).expect("the manifest");
    let mut wanted: BTreeSet<PathBuf> = BTreeSet::new();
    for line in manifest.lines() {
        let named = ["path = \"", "build = \""];
        let named = named.iter().find_map(|key| line.strip_prefix(key));
        let path = named.and_then(|rest| rest.split('"').next());
        wanted.extend(path.map(PathBuf::from));
    }
    assert!(wanted.len() > 5, "{wanted:?}");
    let mut folders = vec![top().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            for rest in text.split("include_str!(\"").skip(1) {
                let target = rest.split('"').next().expect("a name");
                let target = folder.join(target).canonicalize();
                let target = target.unwrap_or_else(|_| panic!("{}", path.display()));
                let inside = target.strip_prefix(top()).expect("inside").to_owned();
                wanted.insert(inside);
            }
        }
    }
    for path in wanted {
        let here = copied.iter().any(|one| path.starts_with(one));
        assert!(here, "{} is not copied", path.display());
    }
}
