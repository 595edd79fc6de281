//! A field of dots, two across and four down in each cell, drawn as braille. Pure.

/// The dots of a field, cell by cell.
pub(super) struct Dots {
    columns: usize,
    rows: usize,
    cells: Vec<u8>,
}

/// The bit of each dot in a braille character: two columns of four.
const BITS: [[u8; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];

impl Dots {
    /// An empty field of so many cells.
    pub(super) fn new(columns: u16, rows: u16) -> Self {
        let (columns, rows) = (usize::from(columns), usize::from(rows));
        Self {
            columns,
            rows,
            cells: vec![0; columns * rows],
        }
    }

    /// Sets the dot nearest to a place: `x` and `y` are shares of the field, `y` from its bottom.
    fn set(&mut self, x: i64, y: i64) {
        let (Ok(x), Ok(y)) = (usize::try_from(x), usize::try_from(y)) else {
            return;
        };
        let place = (y / 4) * self.columns + x / 2;
        if x / 2 < self.columns
            && let Some(cell) = self.cells.get_mut(place)
        {
            *cell |= BITS[x % 2][y % 4];
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "a place of a small screen"
    )]
    fn place(&self, (x, y): (f64, f64)) -> (i64, i64) {
        let (across, down) = ((self.columns * 2) as f64, (self.rows * 4 - 1) as f64);
        let up = y.clamp(0.0, 1.0) * down;
        ((x * across).floor() as i64, (down - up).round() as i64)
    }

    /// A dot.
    pub(super) fn dot(&mut self, at: (f64, f64)) {
        let (x, y) = self.place(at);
        self.set(x, y);
    }

    /// A line of dots from one place to the other (Bresenham).
    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let ((mut x, mut y), (end_x, end_y)) = (self.place(from), self.place(to));
        let (across, down) = ((end_x - x).abs(), -(end_y - y).abs());
        let (right, below) = ((end_x - x).signum(), (end_y - y).signum());
        let mut error = across + down;
        loop {
            self.set(x, y);
            if (x, y) == (end_x, end_y) {
                return;
            }
            let twice = error * 2;
            if twice >= down {
                error += down;
                x += right;
            }
            if twice <= across {
                error += across;
                y += below;
            }
        }
    }

    /// The character of a cell; `None` where there is no dot.
    pub(super) fn symbol(&self, column: u16, row: u16) -> Option<char> {
        let place = usize::from(row) * self.columns + usize::from(column);
        let bits = self.cells.get(place).copied().filter(|bits| *bits != 0)?;
        char::from_u32(0x2800 + u32::from(bits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(dots: &Dots, columns: u16, rows: u16) -> Vec<String> {
        let cell = |row| move |column| dots.symbol(column, row).unwrap_or(' ');
        (0..rows)
            .map(|row| (0..columns).map(cell(row)).collect())
            .collect()
    }

    #[test]
    fn a_line_rises_from_the_bottom_to_the_top() {
        let mut dots = Dots::new(4, 2);
        dots.line((0.0, 0.0), (0.99, 1.0));
        assert_eq!(drawn(&dots, 4, 2), ["  ⡠⠊", "⡠⠊  "]);
        let mut flat = Dots::new(2, 1);
        flat.line((0.0, 0.0), (0.99, 0.0));
        assert_eq!(drawn(&flat, 2, 1), ["⣀⣀"]);
    }

    #[test]
    fn what_lies_outside_is_not_drawn_and_what_is_too_high_is_at_the_edge() {
        let mut dots = Dots::new(2, 1);
        dots.dot((0.0, 9.0));
        dots.dot((1.5, 0.0));
        dots.dot((-0.5, 0.0));
        assert_eq!(drawn(&dots, 2, 1), ["⠁ "]);
    }
}
