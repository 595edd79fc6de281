//! The console's colours, changed while it runs.

use clap::ValueEnum as _;

use crate::app::model::Model;
use crate::app::msg::Tone;
use crate::app::theme::Name;
use crate::estate::text::Text;

/// A line of the palette for each theme, and what it is like.
pub(in crate::app) fn lines() -> impl Iterator<Item = (String, String)> {
    let names = Name::value_variants().iter();
    names.map(|name| (format!("theme {name}"), name.about().to_owned()))
}

/// Changes the colours until the console ends.
pub(in crate::app) fn wear(model: &mut Model, name: Option<Name>) -> Result<(), String> {
    let Some(name) = name else {
        let names = Name::value_variants().iter().map(Name::to_string);
        let names: Vec<String> = names.collect();
        let worn = model.looks.name;
        return Err(format!("it wears {worn}; say which: {}", names.join(", ")));
    };
    if !model.display.color {
        let why = "NO_COLOR, --no-color or the settings say so";
        return Err(format!("there are no colours: {why}"));
    }
    model.looks.name = name;
    let words = format!("theme {name}; [theme] of the settings or --theme keeps it");
    model.say(Tone::Info, Text::clean(&words));
    model.overlay = None;
    Ok(())
}
