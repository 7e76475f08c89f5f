//! A table as LaTeX, with the rules of `booktabs`.

use super::table::Table;

/// The file, to be taken in with `\input`.
pub fn latex(table: &Table) -> String {
    let is_text = |place: usize| {
        let mut values = table.rows.iter().filter_map(|row| row.get(place));
        values.all(|value| value.is_text())
    };
    let places = 0..table.columns.len();
    let places: String = places
        .map(|place| if is_text(place) { 'l' } else { 'r' })
        .collect();
    let row = |cells: Vec<String>| format!("{} \\\\\n", cells.join(" & "));
    let names = table.columns.iter().map(|column| escaped(&column.name));
    let mut latex = format!(
        "% \\usepackage{{booktabs}}\n\\begin{{table}}\n\\caption{{{}}}\n\\label{{tab:{}}}\n\
         \\begin{{tabular}}{{{places}}}\n\\toprule\n{}\\midrule\n",
        escaped(&table.caption),
        table.id,
        row(names.collect())
    );
    for values in &table.rows {
        let cells = values.iter().map(|value| escaped(&value.read()));
        latex.push_str(&row(cells.collect()));
    }
    latex + "\\bottomrule\n\\end{tabular}\n\\end{table}\n"
}

/// Text that stays text: commands and signs of the language are spelt out.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '_' | '%' | '&' | '#' | '$' | '{' | '}' => {
                escaped.push('\\');
                escaped.push(sign);
            }
            '\\' => escaped.push_str("\\textbackslash{}"),
            '~' => escaped.push_str("\\textasciitilde{}"),
            '^' => escaped.push_str("\\textasciicircum{}"),
            '"' => escaped.push_str("\\textquotedbl{}"),
            '<' => escaped.push_str("$<$"),
            '>' => escaped.push_str("$>$"),
            '|' => escaped.push_str("$|$"),
            '−' => escaped.push_str("$-$"),
            '±' => escaped.push_str("$\\pm$"),
            '×' => escaped.push_str("$\\times$"),
            '≥' => escaped.push_str("$\\geq$"),
            '≤' => escaped.push_str("$\\leq$"),
            '≈' => escaped.push_str("$\\approx$"),
            '→' => escaped.push_str("$\\to$"),
            '★' => escaped.push_str("$\\star$"),
            '◂' => escaped.push_str("$\\triangleleft$"),
            '▸' => escaped.push_str("$\\triangleright$"),
            '⚠' => escaped.push_str("(!)"),
            '‖' => escaped.push_str("$\\|$"),
            '²' => escaped.push_str("$^2$"),
            '…' => escaped.push_str("\\ldots{}"),
            '–' => escaped.push_str("--"),
            '“' => escaped.push_str("``"),
            '”' => escaped.push_str("''"),
            sign if sign.is_control() => escaped.push(' '),
            sign => escaped.push(sign),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_the_language_are_spelt_out() {
        assert_eq!(
            escaped("a_b 5% & #1 $x {y} \\input{~/z} ^2 −0.1"),
            "a\\_b 5\\% \\& \\#1 \\$x \\{y\\} \\textbackslash{}input\\{\\textasciitilde{}/z\\} \
             \\textasciicircum{}2 $-$0.1"
        );
    }
}
