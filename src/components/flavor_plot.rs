//! A picture of all flavors: RAM across, disk up, the image's minimum as a shaded corner. The table under it says the same, so for a
//! screen reader it is one sentence.

use leptos::prelude::*;

use crate::{
    components::server_words::{disk_words, ram_words},
    domain::{
        flavor_fit::{Fitting, Verdict},
        flavor_plot::{Dot, plot},
    },
    i18n::{intl, t, word},
};

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 260.0;
/// Room for the figures on the left and below.
const LEFT: f64 = 58.0;
const BELOW: f64 = 34.0;
const EDGE: f64 = 8.0;

/// The picture.
#[component]
pub fn FlavorPlot(
    /// The answers for all flavors.
    #[prop(into)]
    fitting: Signal<Fitting>,
    /// What the image needs: RAM in MiB, disk in GiB.
    #[prop(into)]
    needs: Signal<(u64, u64)>,
) -> impl IntoView {
    let drawing = move || {
        let (ram, disk) = needs.get();
        let fitting = fitting.read();
        let fits = fitting.rows.iter().filter(|row| row.fit.verdict() != Verdict::Refused).count() as u64;
        let summary = (t().detail.plot_summary)(
            &intl::integer(fits),
            &intl::integer(fitting.rows.len() as u64),
            &ram_words(ram),
            &disk_words(disk),
        );
        let plot = plot(&fitting.rows, ram, disk);
        let corner = (across(plot.corner.0), up(plot.corner.1));
        let across_marks = plot.ram.into_iter().map(|(mib, at)| {
            let x = across(at);
            view! {
                <line x1=x y1=EDGE x2=x y2=HEIGHT - BELOW></line>
                <text x=x y=HEIGHT - BELOW + 22.0 text-anchor="middle">{ram_words(mib)}</text>
            }
        });
        let up_marks = plot.disk.into_iter().map(|(gib, at)| {
            let y = up(at);
            view! {
                <line x1=LEFT y1=y x2=WIDTH - EDGE y2=y></line>
                <text x=LEFT - 6.0 y=y + 4.0 text-anchor="end">{disk_words(gib)}</text>
            }
        });
        view! {
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") role="img" aria-label=summary>
                <rect
                    class="plot-corner"
                    x=corner.0
                    y=EDGE
                    width=(WIDTH - EDGE - corner.0).max(0.0)
                    height=(corner.1 - EDGE).max(0.0)
                ></rect>
                {across_marks.collect_view()}
                {up_marks.collect_view()}
                {plot.dots.into_iter().map(mark).collect_view()}
            </svg>
        }
    };
    let legend = [
        (Verdict::Fits, word(|it| it.detail.plot_fits)),
        (Verdict::LikelyToFail, word(|it| it.detail.plot_warns)),
        (Verdict::Refused, word(|it| it.detail.plot_refused)),
    ];
    let entry = |(verdict, words): (Verdict, Signal<String>)| {
        let dot = Dot { x: 0.0, y: 0.0, verdict, names: Vec::new() };
        view! {
            <span class="row">
                <svg viewBox=format!("{} {} 16 16", across(0.0) - 8.0, up(0.0) - 8.0) width="16" height="16">
                    {mark(dot)}
                </svg>
                {words}
            </span>
        }
    };
    view! {
        <figure class="plot">
            {drawing}
            <figcaption class="row muted" aria-hidden="true">{legend.map(entry).collect_view()}</figcaption>
        </figure>
    }
}

fn across(at: f64) -> f64 {
    LEFT + at * (WIDTH - LEFT - EDGE)
}

fn up(at: f64) -> f64 {
    HEIGHT - BELOW - at * (HEIGHT - BELOW - EDGE)
}

/// A shape for each verdict: colour is not the only sign.
fn mark(dot: Dot) -> impl IntoView {
    let (x, y) = (across(dot.x), up(dot.y));
    let (name, path) = match dot.verdict {
        Verdict::Fits => ("fits", format!("M{} {y}a5 5 0 1 0 10 0a5 5 0 1 0 -10 0z", x - 5.0)),
        Verdict::LikelyToFail => ("warns", format!("M{x} {}l6 10h-12z", y - 6.0)),
        Verdict::Refused => ("refused", format!("M{} {}l8 8m0 -8l-8 8", x - 4.0, y - 4.0)),
    };
    // Shown by the browser while the mouse rests on it.
    let names = (t().common.list)(&dot.names);
    view! { <path class="plot-dot" data-verdict=name d=path><title>{names}</title></path> }
}
