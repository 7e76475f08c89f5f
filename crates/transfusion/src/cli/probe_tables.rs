//! What frozen features can do, in the terminal.

use record::results::ProbeResult;
use record::results::Results;

use super::table::table;

/// One table a model: a line for each initialisation, method and training size, a column for each
/// block; none where nothing is probed.
pub fn probe_tables(results: &Results) -> Option<String> {
    results.probe.as_ref()?;
    let mut tables = vec!["Test AUC of probes on frozen features, by block".to_string()];
    for (model, blocks) in results.probed() {
        let of_model = results.probes.iter().filter(|p| p.model == model);
        let of_model: Vec<&ProbeResult> = of_model.collect();
        let mut rows: Vec<(String, Vec<String>)> = Vec::new();
        for probe in &of_model {
            let size = match probe.is_all {
                true => String::new(),
                false => format!(", {} images", probe.train_size),
            };
            let line = format!("{}, {}{size}", probe.init, probe.method.name());
            let row = rows
                .iter()
                .position(|(l, _)| *l == line)
                .unwrap_or_else(|| {
                    rows.push((line, vec!["–".into(); blocks.len()]));
                    rows.len() - 1
                });
            let column = blocks.iter().position(|b| *b == probe.block);
            if let (Some(column), Some(auc)) = (column, probe.auc) {
                rows[row].1[column] = format!("{:.3}", auc.value);
            }
        }
        let header: Vec<&str> = std::iter::once(model).chain(blocks).collect();
        let rows = rows.into_iter().map(|(line, cells)| {
            let mut row = vec![line];
            row.extend(cells);
            row
        });
        tables.push(table(&header, 1, rows).to_string());
    }
    Some(tables.join("\n"))
}
