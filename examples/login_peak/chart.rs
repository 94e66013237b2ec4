//! The morning as a drawing: the arrivals, and the time of a login.

use std::fmt::Write;

use crate::figures::{duration, edges, histogram, per_mille, thousands};
use crate::morning::{Morning, SECONDS};
use crate::play::Played;

/// A self-contained SVG, for light and dark pages.
pub(crate) fn svg(morning: &Morning, played: &[(&'static str, Played)]) -> String {
    let height = 250.0 + 215.0 * played.len() as f64;
    let mut svg =
        format!("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\">\n{STYLE}\n");
    let _ = writeln!(svg, "<rect class=\"page\" width=\"{WIDTH}\" height=\"{height}\"/>");
    arrivals(&mut svg, morning);
    let edges = edges(played.iter().map(|(_, played)| played.times.as_slice()));
    for (at, (name, played)) in played.iter().enumerate() {
        times(&mut svg, 250.0 + 215.0 * at as f64, name, played, &edges);
    }
    svg.push_str("</svg>\n");
    svg
}

fn arrivals(svg: &mut String, morning: &Morning) {
    let counts = morning.arrivals(60);
    text(svg, LEFT, 28.0, "title", &format!("{} visits from 8:55 to 9:05", thousands(morning.visits.len())));
    text(svg, LEFT, 48.0, "note", "arrivals in ten seconds");
    bars(svg, 64.0, &counts);
    for minute in 0..=SECONDS / 60 {
        let x = LEFT + INNER * minute as f64 / 10.0;
        text(
            svg,
            x,
            210.0,
            "tick",
            &if minute < 5 { format!("8:{}", 55 + minute) } else { format!("9:{:02}", minute - 5) },
        );
    }
}

fn times(svg: &mut String, top: f64, name: &str, played: &Played, edges: &[u64]) {
    let at = |per_mille_of: usize| duration(per_mille(&played.times, per_mille_of));
    let rate = thousands((played.times.len() as f64 / played.elapsed.as_secs_f64()) as usize);
    let title = format!("{name}: {rate} logins a second");
    text(svg, LEFT, top + 8.0, "title", &title);
    let note = format!(
        "the time of a login: p50 {}, p99 {}, p99.9 {}, at most {}",
        at(500),
        at(990),
        at(999),
        at(1000)
    );
    text(svg, LEFT, top + 28.0, "note", &note);
    let counts = histogram(&played.times, edges);
    bars(svg, top + 40.0, &counts);
    // One decade is five edges.
    let decades = edges.iter().enumerate().filter(|(_, edge)| edge.to_string().trim_end_matches('0') == "1");
    for (index, edge) in decades {
        let x = LEFT + INNER * index as f64 / counts.len() as f64;
        text(svg, x, top + 186.0, "tick", &duration(*edge).replace(".0", ""));
    }
}

/// Bars of equal width, at most 120 high. Every bar above 0 is visible.
fn bars(svg: &mut String, top: f64, counts: &[usize]) {
    let highest = counts.iter().copied().max().unwrap_or(1).max(1) as f64;
    let width = INNER / counts.len() as f64;
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = (*count as f64 * BAR_HEIGHT / highest).max(1.0);
        let (x, y) = (LEFT + width * at as f64 + 0.5, top + BAR_HEIGHT - height);
        let _ = writeln!(
            svg,
            "<rect class=\"bar\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\"><title>{count}</title></rect>",
            width - 1.0
        );
    }
    let (right, bottom) = (LEFT + INNER, top + BAR_HEIGHT + 0.5);
    let _ = writeln!(svg, "<path class=\"axis\" d=\"M{LEFT} {bottom}H{right}\"/>");
    text(svg, LEFT - 6.0, top + 10.0, "most", &thousands(highest as usize));
}

fn text(svg: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let _ = writeln!(svg, "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\">{text}</text>");
}

const WIDTH: f64 = 760.0;
const LEFT: f64 = 60.0;
const INNER: f64 = 670.0;
const BAR_HEIGHT: f64 = 128.0;

const STYLE: &str = "<style>
text { font: 13px system-ui, sans-serif; fill: #24292f }
.page { fill: #ffffff } .bar { fill: #2a6fb0 } .axis { stroke: #8c959f; fill: none }
.title { font-size: 16px; font-weight: 600 } .note, .tick, .most { fill: #57606a }
.tick { text-anchor: middle; font-size: 12px } .most { text-anchor: end; font-size: 12px }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .page { fill: #0d1117 } .bar { fill: #58a6ff } .note, .tick, .most { fill: #9da7b3 }
}
</style>";
