//! `[theme]`: which colours.

use super::section::Section;
use crate::app::theme::{Colour, Looks, Name, Role};
use clap::ValueEnum as _;
use strum::IntoEnumIterator as _;

/// The theme somebody names, and colours of their own for it.
pub(super) fn read(section: &mut Section<'_, '_>) -> (Option<Name>, Vec<(Role, Colour)>) {
    let names = Name::value_variants().iter();
    let names: Vec<(&'static str, Name)> = names.map(|name| ((*name).into(), *name)).collect();
    let name = section.word("name", &names);
    let mut colours = Vec::new();
    if let Some(mut inside) = section.table("colours") {
        for role in Role::iter() {
            colours.extend(inside.colour(role.name()).map(|colour| (role, colour)));
        }
        section.absorb(inside);
    }
    (name, colours)
}

/// Looks as a piece of the settings, every colour written out, to begin own ones with.
pub fn written(looks: &Looks) -> String {
    use std::fmt::Write as _;
    let name = looks.name;
    let mut text = format!("# {}\n[theme]\nname = \"{name}\"\n", name.about());
    if name == Name::Mono {
        return text;
    }
    text.push_str("\n[theme.colours]\n");
    let palette = looks.palette();
    for role in Role::iter() {
        let colour = palette.hue(role).truth;
        let colour = if matches!(colour, Colour::Indexed(_)) {
            colour.to_string()
        } else {
            format!("\"{colour}\"")
        };
        let _ = writeln!(
            text,
            "{:<11} = {colour:<9}  # {}",
            role.name(),
            role.about()
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::schema::Document;
    use super::*;

    /// What `firstline theme NAME` prints is the theme.
    #[test]
    fn a_theme_written_out_is_that_theme() {
        for name in Name::iter() {
            let plain = Looks {
                name,
                ..Looks::default()
            };
            let text = written(&plain);
            let document = Document::parse(&text, Path::new("firstline.toml")).unwrap();
            let read = document.display.complete().looks();
            assert_eq!(read.name, name);
            assert_eq!(written(&read), text);
            for role in Role::iter() {
                let (own, built_in) = (read.palette(), plain.palette());
                assert_eq!(
                    own.hue(role).truth,
                    built_in.hue(role).truth,
                    "{name} {role}"
                );
            }
        }
    }
}
