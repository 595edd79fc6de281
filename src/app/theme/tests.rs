use proptest::prelude::*;
use strum::IntoEnumIterator as _;

use super::colour::{contrast, linear};
use super::*;

/// What the dark themes are thought for: the pictures of the documentation stand on it.
const NIGHT: [u8; 3] = [0x15, 0x18, 0x1d];

/// Everything letters are drawn in.
fn letters() -> impl Iterator<Item = Role> {
    Role::iter().filter(|role| !matches!(role, Role::Ground | Role::Selection | Role::Faint))
}

fn rgb(hue: &Hue, instead: [u8; 3]) -> [u8; 3] {
    hue.truth.rgb().unwrap_or(instead)
}

fn coloured() -> impl Iterator<Item = Name> {
    Name::iter().filter(|name| *name != Name::Mono)
}

#[test]
fn letters_stand_off_from_their_ground_in_every_theme() {
    for name in coloured() {
        let palette = name.palette();
        let least = if name == Name::HighContrast { 7.0 } else { 4.5 };
        let ground = rgb(&palette.ground, NIGHT);
        let selected = rgb(&palette.selection, NIGHT);
        for role in letters() {
            let ink = rgb(palette.hue(role), [213, 217, 224]);
            let told = contrast(ink, ground);
            assert!(told >= least, "{name} {role} on its ground: {told:.2}");
            let told = contrast(ink, selected);
            assert!(told >= 4.5, "{name} {role} on the selected row: {told:.2}");
        }
    }
}

/// Letters on a badge are black or white, whichever stands off better.
#[test]
fn letters_stand_off_from_every_badge() {
    let badges = [
        Role::Danger,
        Role::Production,
        Role::Staging,
        Role::Development,
        Role::Carrying,
    ];
    for name in coloured() {
        for badge in badges {
            let ground = rgb(name.palette().hue(badge), NIGHT);
            let black = contrast([0, 0, 0], ground);
            let told = black.max(contrast([238, 238, 238], ground));
            assert!(told >= 4.5, "{name} {badge}: {told:.2}");
        }
    }
}

/// What people without the cones for red (the first) or green (the second) see: the matrices of
/// Machado, Oliveira and Fernandes (2009) at full severity, over linear light.
const BLIND: [[[f64; 3]; 3]; 2] = [
    [
        [0.152_286, 1.052_583, -0.204_868],
        [0.114_503, 0.786_281, 0.099_216],
        [-0.003_882, -0.048_116, 1.051_998],
    ],
    [
        [0.367_322, 0.860_646, -0.227_968],
        [0.280_085, 0.672_501, 0.047_413],
        [-0.011_820, 0.042_940, 0.968_881],
    ],
];

/// A colour in CIE L*a*b* (D65), where distances are those of eyes.
fn lab(light: [f64; 3]) -> [f64; 3] {
    let rows = [
        [0.412_456, 0.357_576, 0.180_437],
        [0.212_673, 0.715_152, 0.072_175],
        [0.019_334, 0.119_192, 0.950_304],
    ];
    let white = [0.950_47, 1.0, 1.088_83];
    let [x, y, z] = [0, 1, 2].map(|at| {
        let sum: f64 = (0..3).map(|part| rows[at][part] * light[part]).sum();
        let share = sum / white[at];
        if share > 0.008_856 {
            share.cbrt()
        } else {
            7.787 * share + 16.0 / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

fn seen(hue: &Hue, eyes: &[[f64; 3]; 3]) -> [f64; 3] {
    let light = rgb(hue, NIGHT).map(linear);
    lab([0, 1, 2].map(|at| {
        let sum: f64 = (0..3).map(|part| eyes[at][part] * light[part]).sum();
        sum.clamp(0.0, 1.0)
    }))
}

/// The least distance of what must not be taken for one another, for any of these eyes.
fn told_apart(name: Name) -> f64 {
    let roles = [Role::Ok, Role::Degraded, Role::Down];
    let mut least = f64::MAX;
    for eyes in &BLIND {
        for (at, one) in roles.iter().enumerate() {
            for other in &roles[..at] {
                let (one, other) = (name.palette().hue(*one), name.palette().hue(*other));
                let (one, other) = (seen(one, eyes), seen(other, eyes));
                let apart: f64 = (0..3).map(|at| (one[at] - other[at]).powi(2)).sum();
                least = least.min(apart.sqrt());
            }
        }
    }
    least
}

/// Ten is a difference one sees at a glance.
#[test]
fn fine_and_failing_are_told_apart_without_red_or_green_cones() {
    let (plain, meant) = (told_apart(Name::Dark), told_apart(Name::ColourBlind));
    assert!(meant > 25.0 && meant > plain, "{meant:.1} after {plain:.1}");
}

#[test]
fn a_colour_is_read_as_it_is_written() {
    for name in colour::NAMES {
        assert_eq!(Colour::read(name).unwrap().to_string(), name);
    }
    assert_eq!(Colour::read("#FF6e54"), Some(Colour::Rgb([255, 110, 84])));
    assert_eq!(Colour::read("default"), Some(Colour::Default));
    for wrong in ["", "#ff6e5", "#ff6e5g", "ff6e54", "Red", "#ßff6e", "208"] {
        assert_eq!(Colour::read(wrong), None, "{wrong:?}");
    }
}

#[test]
fn fewer_colours_are_the_nearest_ones() {
    let down = Hue::of(Colour::Rgb([255, 95, 90]));
    assert_eq!(down.indexed, Colour::Indexed(203));
    assert_eq!(down.sixteen, Colour::Named(9));
    let grey = Hue::of(Colour::Rgb([118, 118, 118]));
    assert_eq!(grey.indexed, Colour::Indexed(243));
    assert_eq!(grey.sixteen, Colour::Named(8));
    assert_eq!(Hue::of(Colour::Indexed(9)).sixteen, Colour::Named(9));
    assert_eq!(Hue::of(Colour::Named(3)).truth, Colour::Named(3));
    assert_eq!(Hue::of(Colour::Default), Hue::OWN);
}

proptest! {
    #[test]
    fn what_fewer_colours_make_of_one_is_what_they_make_of_that(rgb in any::<[u8; 3]>()) {
        let once = Colour::Rgb(rgb).indexed();
        prop_assert_eq!(once.indexed(), once);
        let (Some(shown), Some(own)) = (once.rgb(), Colour::Rgb(rgb).named().rgb()) else {
            return Err(TestCaseError::fail("no colour"));
        };
        prop_assert!(contrast(shown, rgb) < 2.0, "{rgb:?} {shown:?}");
        prop_assert!(contrast(own, rgb) < 6.0, "{rgb:?} {own:?}");
        let read = Colour::read(&Colour::Rgb(rgb).to_string());
        prop_assert_eq!(read, Some(Colour::Rgb(rgb)));
    }
}

#[test]
fn own_colours_belong_to_the_theme_they_were_written_for() {
    let own = vec![(Role::Down, Colour::Named(13))];
    let mut looks = Looks {
        name: Name::Light,
        own: (Name::Light, own),
    };
    let plain = *Name::Light.palette();
    assert_eq!(looks.palette().down, Hue::of(Colour::Named(13)));
    assert_eq!(looks.palette().ok, plain.ok);
    looks.name = Name::Dark;
    assert_eq!(looks.palette(), *Name::Dark.palette());
}
