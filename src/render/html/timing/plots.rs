//! The plots of a timing. All text in them is ours; names stand in the legends below, which the
//! template escapes.

use askama::filters::Safe;
use plotters::{
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use super::axis::Axis;
use crate::{
    domain::timing::{Ratio, Sides},
    render::{
        RenderError,
        html::plots::{Area, BLUE, FONT, GRID, INK, VERMILION, drawn, median},
    },
};

type Drawn = Result<(), Box<dyn std::error::Error>>;
type Chart<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// Most pairs of a process pair that are drawn.
pub(in crate::render) const MOST_PAIRS: usize = 200;
/// A ratio of 1 is part of a plot whose other ratios are at most this many times away.
const NEAR_ONE: f64 = 2.0;
const SIZE: (u32, u32) = (440, 260);

/// Whether a ratio can be drawn: numbers above 0 that ascend.
pub(in crate::render) fn drawable(ratio: &Ratio) -> bool {
    let all = [ratio.from, ratio.value, ratio.to];
    all.iter().all(|one| one.is_finite() && *one > 0.0) && all.is_sorted()
}

/// The ratio and its interval on a logarithmic axis, with the band that matters.
pub(in crate::render) fn interval(
    id: &str,
    ratio: &Ratio,
    band: f64,
) -> Result<Safe<String>, RenderError> {
    let edge = band.ln_1p();
    let x = Axis::of_ratios(ratio.from.ln().min(-edge), ratio.to.ln().max(edge));
    let y = Axis::from_zero(1.0);
    let draw = |area: &Area<'_>| {
        let mut chart = ChartBuilder::on(area)
            .margin(4)
            .margin_left(16)
            .margin_right(16)
            .x_label_area_size(40)
            .build_cartesian_2d(x.clone(), y.clone())?;
        chart.draw_series([Rectangle::new([(-edge, 0.0), (edge, 1.1)], GRID.mix(0.6).filled())])?;
        mesh(&mut chart, "times the reference's time (logarithmic)", "")?;
        for half in [-edge / 2.0, edge / 2.0] {
            dashed(&mut chart, &[(half, 0.0), (half, 1.1)], INK.mix(0.7).stroke_width(1))?;
        }
        chart.draw_series([PathElement::new(vec![(0.0, 0.0), (0.0, 1.1)], INK.stroke_width(1))])?;
        let (from, to, value) = (ratio.from.ln(), ratio.to.ln(), ratio.value.ln());
        chart
            .draw_series([PathElement::new(vec![(from, 0.5), (to, 0.5)], BLUE.stroke_width(5))])?;
        for end in [from, to] {
            let line = PathElement::new(vec![(0, -9), (0, 9)], BLUE.stroke_width(2));
            chart.draw_series([EmptyElement::at((end, 0.5)) + line])?;
        }
        let diamond = Polygon::new(vec![(0, -8), (8, 0), (0, 8), (-8, 0)], INK.filled());
        chart.draw_series([EmptyElement::at((value, 0.5)) + diamond])?;
        for (words, at, side) in [("faster", x.from(), HPos::Left), ("slower", x.to(), HPos::Right)]
        {
            let style = (FONT, 14).into_font().color(&INK).pos(Pos::new(side, VPos::Top));
            chart.draw_series([Text::new(words, (at, 1.1), style)])?;
        }
        Ok(())
    };
    drawn(id, "The ratio, its 95 % interval and the band that matters", (440, 104), draw)
}

/// What [`pairs()`] drew.
pub(in crate::render) struct Pairs {
    pub(in crate::render) svg: Safe<String>,
    /// Pairs that lie outside the plot and are drawn at its edge.
    pub(in crate::render) beyond: usize,
    /// Points in the plot.
    pub(in crate::render) drawn: usize,
    /// Pairs in all.
    pub(in crate::render) of: usize,
    /// Whether a line at a ratio of 1 is in it.
    pub(in crate::render) one: bool,
}

/// The logarithms of the ratios of each process pair's pairs; none of these lists is empty.
pub(in crate::render) fn pairs(
    id: &str,
    columns: &[Vec<f64>],
    ratio: Option<&Ratio>,
) -> Result<Pairs, RenderError> {
    let (y, one) = heights(columns, ratio);
    let x = Axis::of_columns(columns.len());
    let chosen: Vec<Vec<f64>> = columns.iter().map(|column| evenly(column)).collect();
    let beyond = chosen.iter().flatten().filter(|log| !y.holds(**log)).count();
    let draw = |area: &Area<'_>| {
        let mut chart = framed(area, &x, &y)?;
        if let Some(ratio) = ratio {
            let across = [(x.from(), ratio.from.ln()), (x.to(), ratio.to.ln())];
            chart.draw_series([Rectangle::new(across, VERMILION.mix(0.3).filled())])?;
        }
        mesh(&mut chart, "process pair", "candidate / reference")?;
        if one {
            dashed(&mut chart, &[(x.from(), 0.0), (x.to(), 0.0)], INK.stroke_width(2))?;
        }
        if let Some(ratio) = ratio {
            let line = vec![(x.from(), ratio.value.ln()), (x.to(), ratio.value.ln())];
            chart.draw_series([PathElement::new(line, VERMILION.stroke_width(2))])?;
        }
        for (number, logs) in (1..).zip(&chosen) {
            let place = |at: usize| f64::from(number) + spread(at);
            let inside = logs.iter().enumerate().filter(|(_, log)| y.holds(**log));
            chart.draw_series(
                inside.map(|(at, log)| Circle::new((place(at), *log), 2, BLUE.mix(0.5).filled())),
            )?;
            for (at, log) in logs.iter().enumerate().filter(|(_, log)| !y.holds(**log)) {
                let (edge, tip) = if *log > y.to() { (y.to(), 0) } else { (y.from(), -8) };
                let arrow = if tip == 0 {
                    vec![(0, 1), (4, 8), (-4, 8)]
                } else {
                    vec![(0, -1), (4, tip), (-4, tip)]
                };
                let arrow = Polygon::new(arrow, BLUE.filled());
                chart.draw_series([EmptyElement::at((place(at), edge)) + arrow])?;
            }
        }
        for (number, logs) in (1..).zip(columns) {
            let middle = f64::from(number);
            let line = median(logs).map(|log| {
                PathElement::new(
                    vec![(middle - 0.4, log), (middle + 0.4, log)],
                    INK.stroke_width(3),
                )
            });
            chart.draw_series(line)?;
        }
        Ok(())
    };
    let svg = drawn(id, "Ratio of each pair, by process pair", SIZE, draw)?;
    let of = columns.iter().map(Vec::len).sum();
    Ok(Pairs { svg, beyond, drawn: chosen.iter().map(Vec::len).sum(), of, one })
}

/// An axis that holds the medians, the interval and all but the outermost twentieth of the pairs on
/// either side, and whether it holds 1: a few disturbed pairs would hide what the ratio is made of.
fn heights(columns: &[Vec<f64>], ratio: Option<&Ratio>) -> (Axis, bool) {
    let mut all: Vec<f64> = columns.iter().flatten().copied().collect();
    all.sort_by(f64::total_cmp);
    let cut = all.len() / 20;
    let mut held: Vec<f64> = columns.iter().filter_map(|column| median(column)).collect();
    held.extend(all.get(cut));
    held.extend(all.get(all.len().saturating_sub(cut + 1)));
    held.extend(ratio.iter().flat_map(|ratio| [ratio.from.ln(), ratio.to.ln()]));
    let one = held.iter().all(|log| log.abs() <= NEAR_ONE.ln());
    held.extend(one.then_some(0.0));
    let low = held.iter().copied().fold(f64::INFINITY, f64::min);
    let high = held.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (Axis::of_ratios(low, high), one)
}

/// At most [`MOST_PAIRS`] of them, from all over the process pair.
fn evenly(logs: &[f64]) -> Vec<f64> {
    let count = logs.len().min(MOST_PAIRS);
    (0..count).map(|at| logs[at * logs.len() / count]).collect()
}

/// Moves points apart that would cover each other: by the golden ratio, the same in each run.
fn spread(index: usize) -> f64 {
    ((index as f64 * 0.618_033_988_75).fract() - 0.5) * 0.7
}

/// Points of both sides, by size.
pub(in crate::render) type Curves = Sides<Vec<(u64, f64)>>;

/// The time of a call, nanoseconds above 0, both axes logarithmic.
pub(in crate::render) fn growth(id: &str, curves: &Curves) -> Result<Safe<String>, RenderError> {
    let logs = |points: &[(u64, f64)]| points.iter().map(|(size, ns)| (*size, ns.ln())).collect();
    let curves = Sides { candidate: logs(&curves.candidate), reference: logs(&curves.reference) };
    let values = || values(&curves);
    let y = Axis::of_times(
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
    );
    let title = "Time of a call by size of the input, both logarithmic";
    lines(id, title, &curves, &y, "time of a call")
}

/// The peak of memory, MiB.
pub(in crate::render) fn memory(id: &str, curves: &Curves) -> Result<Safe<String>, RenderError> {
    let y = Axis::from_zero(values(curves).fold(0.0, f64::max));
    let title = "Peak of memory by size of the input, which is logarithmic";
    lines(id, title, curves, &y, "peak of memory, MiB")
}

fn values(curves: &Curves) -> impl Iterator<Item = f64> {
    curves.candidate.iter().chain(&curves.reference).map(|(_, value)| *value)
}

/// The candidate as full circles on a line, the reference as hollow triangles on dashes: where both are
/// alike both are seen.
fn lines(
    id: &str,
    title: &str,
    curves: &Curves,
    y: &Axis,
    y_desc: &str,
) -> Result<Safe<String>, RenderError> {
    let mut sizes: Vec<u64> =
        curves.candidate.iter().chain(&curves.reference).map(|(size, _)| *size).collect();
    sizes.sort_unstable();
    sizes.dedup();
    let x = Axis::of_sizes(&sizes);
    let places = |points: &[(u64, f64)]| -> Vec<(f64, f64)> {
        points.iter().map(|(size, value)| ((*size as f64).ln(), *value)).collect()
    };
    let (candidate, reference) = (places(&curves.candidate), places(&curves.reference));
    let draw = |area: &Area<'_>| {
        let mut chart = framed(area, &x, y)?;
        mesh(&mut chart, "size of the input", y_desc)?;
        chart.draw_series([PathElement::new(candidate.clone(), BLUE.stroke_width(2))])?;
        chart.draw_series(candidate.iter().map(|at| Circle::new(*at, 4, BLUE.filled())))?;
        dashed(&mut chart, &reference, VERMILION.stroke_width(2))?;
        let triangle = || {
            let corners = vec![(0, -8), (8, 6), (-8, 6), (0, -8)];
            PathElement::new(corners, VERMILION.stroke_width(2))
        };
        chart.draw_series(reference.iter().map(|at| EmptyElement::at(*at) + triangle()))?;
        Ok(())
    };
    drawn(id, title, SIZE, draw)
}

fn framed<'a, 'b>(
    area: &'a Area<'b>,
    x: &Axis,
    y: &Axis,
) -> Result<Chart<'a, 'b>, Box<dyn std::error::Error>> {
    Ok(ChartBuilder::on(area)
        .margin(6)
        .margin_right(16)
        .x_label_area_size(40)
        .y_label_area_size(72)
        .build_cartesian_2d(x.clone(), y.clone())?)
}

fn mesh(chart: &mut Chart<'_, '_>, x: &str, y: &str) -> Drawn {
    let mut mesh = chart.configure_mesh();
    mesh.light_line_style(TRANSPARENT)
        .bold_line_style(GRID)
        .axis_style(INK)
        .label_style((FONT, 15).into_font().color(&INK))
        .x_desc(x);
    if y.is_empty() {
        mesh.disable_y_mesh().disable_y_axis().y_labels(0);
    } else {
        mesh.y_desc(y);
    }
    mesh.draw()?;
    Ok(())
}

/// A line of dashes about 2 % of the plot long, with gaps of 1.2 %.
fn dashed(chart: &mut Chart<'_, '_>, points: &[(f64, f64)], style: ShapeStyle) -> Drawn {
    let (x, y) = (chart.x_range(), chart.y_range());
    for ends in points.windows(2) {
        let ((x0, y0), (x1, y1)) = (ends[0], ends[1]);
        let across = (x1 - x0) / (x.end - x.start);
        let up = (y1 - y0) / (y.end - y.start);
        let dashes = (across.hypot(up) / 0.032).ceil().clamp(1.0, 200.0) as u32;
        let at = |share: f64| (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share);
        chart.draw_series((0..dashes).map(|dash| {
            let begin = f64::from(dash) / f64::from(dashes);
            PathElement::new(vec![at(begin), at(begin + 0.62 / f64::from(dashes))], style)
        }))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_pairs_some_from_everywhere_are_drawn() {
        let many: Vec<f64> = (0..1000).map(f64::from).collect();
        let chosen = evenly(&many);
        assert_eq!((chosen.len(), chosen[0], chosen[199]), (200, 0.0, 995.0));
        assert_eq!(evenly(&many[..3]), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn a_few_disturbed_pairs_do_not_hide_the_others() {
        let mut logs = vec![0.01; 99];
        logs.push(2.0);
        let plot = pairs("p", &[logs.clone(), logs], None).expect("a plot");
        assert_eq!((plot.beyond, plot.of, plot.one), (2, 200, true));
        let far = pairs("p", &[vec![3.0; 10], vec![3.1; 10]], None).expect("a plot");
        assert_eq!((far.beyond, far.one), (0, false));
    }

    #[test]
    fn what_is_no_interval_is_not_drawn() {
        let of = |from, value, to| drawable(&Ratio { value, from, to });
        assert!(of(1.0, 1.0, 1.0) && of(1e-300, 1.0, 1e300));
        assert!(!of(0.0, 1.0, 2.0) && !of(1.0, 1.0, f64::INFINITY));
        assert!(!of(f64::NAN, 1.0, 2.0) && !of(2.0, 1.0, 3.0));
    }
}
