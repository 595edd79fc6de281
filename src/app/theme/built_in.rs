//! The colours of the built-in themes. Each is given for all three depths, so that nothing is left
//! to arithmetic; tests hold them to their contrast.

use super::{Hue, Palette};

/// Bright on the terminal's own dark ground. The hues are told apart with red-green colour
/// blindness too (vermilion, amber, sky blue, a blueish green).
pub(super) const DARK: Palette = Palette {
    text: Hue::OWN,
    ground: Hue::OWN,
    selection: Hue::with([42, 47, 57], 237, None),
    muted: DARK_GREY,
    faint: Hue::with([84, 88, 96], 240, Some(8)),
    accent: TEAL,
    ok: GREEN,
    degraded: AMBER,
    down: VERMILION,
    moving: Hue::with([98, 176, 240], 75, Some(12)),
    unknown: LILAC,
    stale: DARK_GREY,
    danger: VERMILION,
    production: LILAC,
    staging: TEAL,
    development: DARK_GREY,
    observe: TEAL,
    read_only: GREEN,
    carrying: AMBER,
};

const VERMILION: Hue = Hue::with([255, 110, 84], 203, Some(9));
const AMBER: Hue = Hue::with([240, 180, 60], 214, Some(3));
const GREEN: Hue = Hue::with([84, 168, 128], 72, Some(2));
const TEAL: Hue = Hue::with([110, 196, 200], 116, Some(6));
const LILAC: Hue = Hue::with([196, 150, 240], 177, Some(5));
const DARK_GREY: Hue = Hue::with([146, 150, 156], 246, Some(8));

/// Dark on a light ground, which is painted. The 16 of most terminals have no yellow that can be
/// read on white: there amber is magenta.
pub(super) const LIGHT: Palette = Palette {
    text: Hue::with([31, 35, 40], 235, Some(0)),
    ground: Hue::with([250, 250, 248], 231, Some(15)),
    selection: Hue::with([221, 229, 240], 254, Some(7)),
    muted: LIGHT_GREY,
    faint: Hue::with([188, 193, 201], 250, Some(7)),
    accent: PETROL,
    ok: FOREST,
    degraded: BROWN,
    down: BRICK,
    moving: Hue::with([11, 92, 173], 25, Some(4)),
    unknown: PLUM,
    stale: LIGHT_GREY,
    danger: BRICK,
    production: PLUM,
    staging: PETROL,
    development: LIGHT_GREY,
    observe: PETROL,
    read_only: FOREST,
    carrying: BROWN,
};

const BRICK: Hue = Hue::with([176, 42, 20], 124, Some(1));
const BROWN: Hue = Hue::with([134, 84, 0], 94, Some(5));
const FOREST: Hue = Hue::with([20, 100, 64], 22, Some(2));
const PETROL: Hue = Hue::with([0, 98, 108], 23, Some(6));
const PLUM: Hue = Hue::with([118, 56, 170], 91, Some(5));
const LIGHT_GREY: Hue = Hue::with([84, 90, 98], 240, Some(8));

/// Black and white, and hues that stand off at seven to one.
pub(super) const HIGH_CONTRAST: Palette = Palette {
    text: Hue::with([255, 255, 255], 231, Some(15)),
    ground: Hue::with([0, 0, 0], 16, Some(0)),
    selection: Hue::with([0, 48, 128], 18, Some(4)),
    muted: SILVER,
    faint: Hue::with([150, 150, 150], 246, Some(7)),
    accent: AQUA,
    ok: MINT,
    degraded: YELLOW,
    down: CORAL,
    moving: Hue::with([142, 204, 255], 117, Some(14)),
    unknown: MAUVE,
    stale: SILVER,
    danger: CORAL,
    production: MAUVE,
    staging: AQUA,
    development: SILVER,
    observe: AQUA,
    read_only: MINT,
    carrying: YELLOW,
};

const CORAL: Hue = Hue::with([255, 142, 125], 210, Some(9));
const YELLOW: Hue = Hue::with([255, 221, 64], 221, Some(11));
const MINT: Hue = Hue::with([110, 245, 160], 84, Some(10));
const AQUA: Hue = Hue::with([80, 245, 245], 87, Some(14));
const MAUVE: Hue = Hue::with([226, 184, 255], 183, Some(13));
const SILVER: Hue = Hue::with([208, 208, 208], 252, Some(7));

/// Dark, with blue for what is fine and orange for what is not, after Okabe and Ito: a test looks at
/// them as people without red or green cones do.
pub(super) const COLOUR_BLIND: Palette = Palette {
    ok: BLUE,
    degraded: LEMON,
    down: ORANGE,
    moving: Hue::with([200, 206, 255], 189, Some(15)),
    unknown: PINK,
    danger: ORANGE,
    production: PINK,
    read_only: BLUE,
    carrying: LEMON,
    ..DARK
};

const BLUE: Hue = Hue::with([86, 164, 240], 75, Some(12));
const LEMON: Hue = Hue::with([250, 240, 120], 228, Some(11));
const ORANGE: Hue = Hue::with([245, 118, 10], 208, Some(3));
const PINK: Hue = Hue::with([220, 150, 188], 175, Some(5));
