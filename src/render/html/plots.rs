//! Plots as SVG inside the page. Their colours are fixed in the SVG and mapped to the theme by the
//! style sheet, which knows the same values; what they say also stands in a table.

use askama::filters::Safe;
use plotters::{
    coord::Shift,
    prelude::*,
    style::text_anchor::{HPos, Pos, VPos},
};

use crate::{
    render::{Cost, RenderError},
    stats::BINS,
};

pub(in crate::render) const INK: RGBColor = RGBColor(0x1b, 0x1b, 0x1b);
pub(in crate::render) const GRID: RGBColor = RGBColor(0xd0, 0xd0, 0xd0);
/// Okabe and Ito's blue and vermilion.
pub(in crate::render) const BLUE: RGBColor = RGBColor(0x00, 0x72, 0xb2);
pub(in crate::render) const VERMILION: RGBColor = RGBColor(0xd5, 0x5e, 0x00);
pub(in crate::render) const FONT: &str = "sans-serif";

pub(in crate::render) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// The distribution of the scores, counted by [`stats::bins`](crate::stats::bins).
pub(in crate::render) fn histogram(bins: [u64; BINS]) -> Result<Safe<String>, RenderError> {
    let most = bins.into_iter().max().unwrap_or(0).max(1);
    let draw = |area: &Area<'_>| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(16)
            .x_label_area_size(40)
            .y_label_area_size(40)
            .build_cartesian_2d(0.0..100.0, 0.0..most as f64 * 1.15)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style((FONT, 15).into_font().color(&INK))
            .x_labels(11)
            .y_labels(most.min(5) as usize + 1)
            .y_label_formatter(&|count| whole(*count))
            .x_label_formatter(&|score| format!("{score:.0}"))
            .x_desc("score")
            .y_desc("submissions")
            .draw()?;
        for (index, count) in bins.into_iter().enumerate().filter(|(_, count)| *count > 0) {
            let (left, top) = (index as f64 * 10.0, count as f64);
            let bar = [(left + 0.5, 0.0), (left + 9.5, top)];
            chart.draw_series([Rectangle::new(bar, BLUE.filled())])?;
            let above =
                (FONT, 15).into_font().color(&INK).pos(Pos::new(HPos::Center, VPos::Bottom));
            chart.draw_series([Text::new(count.to_string(), (left + 5.0, top), above)])?;
        }
        Ok(())
    };
    drawn("scores", "How many submissions have which score", (440, 260), draw)
}

/// Wall and CPU time of each submission, seconds, as two strips with their medians, and the
/// reference's where it is known.
pub(in crate::render) fn strips(
    costs: &[Cost],
    reference: Option<Cost>,
) -> Result<Safe<String>, RenderError> {
    let seconds = |ms: u64| ms as f64 / 1000.0;
    let wall: Vec<f64> = costs.iter().map(|cost| seconds(cost.wall_ms)).collect();
    let cpu: Vec<f64> = costs.iter().map(|cost| seconds(cost.cpu_ms)).collect();
    let of_reference = reference.map(|cost| [seconds(cost.wall_ms), seconds(cost.cpu_ms)]);
    let known = wall.iter().chain(&cpu).copied().chain(of_reference.into_iter().flatten());
    let longest = known.fold(0.001, f64::max);
    let draw = |area: &Area<'_>| {
        let mut chart = ChartBuilder::on(area)
            .margin(6)
            .margin_right(16)
            .x_label_area_size(40)
            .y_label_area_size(48)
            .build_cartesian_2d(0.0..longest * 1.06, 0.0..2.0)?;
        chart
            .configure_mesh()
            .disable_y_mesh()
            .light_line_style(TRANSPARENT)
            .bold_line_style(GRID)
            .axis_style(INK)
            .label_style((FONT, 15).into_font().color(&INK))
            .x_labels(6)
            .y_labels(0)
            .x_desc("seconds")
            .draw()?;
        for (row, times) in [&wall, &cpu].into_iter().enumerate() {
            let middle = 1.5 - row as f64;
            let label = (FONT, 15).into_font().color(&INK).pos(Pos::new(HPos::Right, VPos::Center));
            let at_axis = EmptyElement::at((0.0, middle))
                + Text::new(if row == 0 { "wall" } else { "CPU" }, (-8, 0), label);
            chart.draw_series([at_axis])?;
            let places = times.iter().enumerate().map(|(at, time)| (*time, middle + spread(at)));
            if row == 0 {
                chart.draw_series(places.map(|at| Circle::new(at, 4, BLUE.mix(0.6).filled())))?;
            } else {
                chart.draw_series(
                    places.map(|at| TriangleMarker::new(at, 5, VERMILION.mix(0.6).filled())),
                )?;
            }
            if let Some(median) = median(times) {
                chart.draw_series([PathElement::new(
                    vec![(median, middle - 0.4), (median, middle + 0.4)],
                    INK.stroke_width(3),
                )])?;
            }
            if let Some(reference) = of_reference {
                let dashes = (0..5).map(|dash| {
                    let from = middle - 0.4 + f64::from(dash) * 0.17;
                    let line = vec![(reference[row], from), (reference[row], from + 0.1)];
                    PathElement::new(line, INK.stroke_width(2))
                });
                chart.draw_series(dashes)?;
            }
        }
        Ok(())
    };
    drawn("times", "How long gradings took, and how much CPU time", (440, 260), draw)
}

/// The middle of the values, or the mean of both middle ones.
pub(in crate::render) fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some((lower + upper) / 2.0)
}

/// Moves points apart that would cover each other: by the golden ratio, the same in each run.
fn spread(index: usize) -> f64 {
    ((index as f64 * 0.618_033_988_75).fract() - 0.5) * 0.6
}

/// Whole counts only: an axis with half a submission says nothing.
fn whole(count: f64) -> String {
    if count.fract() == 0.0 { format!("{count:.0}") } else { String::new() }
}

/// Draws, and makes of plotters' document an image with a name that fits the page's width.
/// `id` and `title` are ours, and a table called `id-table` says the same.
pub(in crate::render) fn drawn<F>(
    id: &str,
    title: &str,
    size: (u32, u32),
    draw: F,
) -> Result<Safe<String>, RenderError>
where
    F: Fn(&Area<'_>) -> Result<(), Box<dyn std::error::Error>>,
{
    let plot = |error: Box<dyn std::error::Error>| RenderError::Plot(error.to_string());
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        draw(&area).map_err(plot)?;
        area.present().map_err(|error| plot(Box::new(error)))?;
    }
    let (_, content) = svg.split_once('>').ok_or_else(|| RenderError::Plot("no SVG".into()))?;
    let (width, height) = size;
    Ok(Safe(format!(
        "<svg class=\"plot\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         aria-labelledby=\"{id}-title\" aria-describedby=\"{id}-table\">\
         <title id=\"{id}-title\">{title}</title>{content}"
    )))
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_of_an_even_number_is_between() {
        assert_eq!(median(&[4.0, 1.0, 3.0, 2.0]), Some(2.5));
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[]), None);
    }
}
