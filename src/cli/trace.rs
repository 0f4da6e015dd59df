//! `--trace`: each step of a command on standard error, with its start and how long it took.

use std::time::Instant;

use tracing::{
    Subscriber,
    span::{Attributes, Id},
};
use tracing_subscriber::{
    Layer, Registry,
    filter::filter_fn,
    layer::{Context, SubscriberExt as _},
    registry::LookupSpan,
};

/// Only our own steps: libraries have spans, too.
const OURS: &str = env!("CARGO_PKG_NAME");
/// Between a step and what it is a part of.
const BELOW: &str = " > ";

/// Says each step on standard error from here on.
pub(super) fn begin() {
    // It fails only when there is one already, which would be as good.
    let _ = tracing::subscriber::set_global_default(subscriber(|line| eprintln!("{line}")));
}

fn subscriber(say: impl Fn(&str) + Send + Sync + 'static) -> impl Subscriber + Send + Sync {
    let steps = Steps { origin: Instant::now(), say };
    let ours = filter_fn(|step| step.target().split("::").next() == Some(OURS));
    Registry::default().with(steps.with_filter(ours))
}

/// Says a step when it has ended.
struct Steps<F> {
    origin: Instant,
    say: F,
}

/// When a step began.
#[derive(Clone, Copy)]
struct Begun(Instant);

impl<S, F> Layer<S> for Steps<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    F: Fn(&str) + 'static,
{
    fn on_new_span(&self, _: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(step) = context.span(id) {
            step.extensions_mut().insert(Begun(Instant::now()));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(step) = context.span(&id) else { return };
        let begun = step.extensions().get::<Begun>().copied();
        let Some(Begun(begun)) = begun else { return };
        let path: Vec<&str> = step.scope().from_root().map(|part| part.name()).collect();
        let after = begun.duration_since(self.origin).as_secs_f64() * 1000.0;
        let took = begun.elapsed().as_secs_f64() * 1000.0;
        (self.say)(&format!("step {after:10.1} ms {took:+10.1} ms  {}", path.join(BELOW)));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::info_span;

    use super::subscriber;

    #[test]
    fn a_step_is_said_when_it_ends_with_what_it_is_a_part_of() {
        let said: Arc<Mutex<Vec<String>>> = Arc::default();
        let hears = said.clone();
        let subscriber = subscriber(move |line| hears.lock().unwrap().push(line.to_owned()));
        tracing::subscriber::with_default(subscriber, || {
            let whole = info_span!("grade");
            whole.in_scope(|| {
                info_span!("open a pair").in_scope(|| ());
                info_span!(target: "hyper::client", "not ours").in_scope(|| ());
            });
        });
        let said = said.lock().unwrap();
        let paths: Vec<&str> =
            said.iter().map(|line| line.rsplit_once("ms  ").expect("two times").1).collect();
        assert_eq!(paths, ["grade > open a pair", "grade"]);
        let figures: Vec<f64> =
            said[0].split_whitespace().filter_map(|word| word.parse().ok()).collect();
        assert_eq!(figures.len(), 2, "{}", said[0]);
    }
}
