//! Readings from a made-up host that is as unsteady as those that were measured.

use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use takehome::{
    domain::timing::{
        Clock, LaneFacts, Measurement, Order, Pair, Plan, ProcessPair, Sample, Sides, StopReason,
    },
    timing::{Step, Turn, next_step},
};

/// A host: its speed changes 1.5 to 1.9 times every 50 to 500 ms, one sample in twenty is disturbed.
pub struct Host {
    pub random: ChaCha8Rng,
    now_s: f64,
    phase_ends_s: f64,
    slow_by: f64,
    /// Standard deviation of a sample.
    pub sample_sd: f64,
    /// Standard deviation of what a process is off by for as long as it lives.
    pub process_sd: f64,
    /// What an import costs at full speed; that of an interpreter in a container was about 0.15 s.
    pub import_s: f64,
}

impl Host {
    pub fn new(seed: u64) -> Self {
        let random = ChaCha8Rng::seed_from_u64(seed);
        let mut host = Self {
            random,
            now_s: 0.0,
            phase_ends_s: 0.0,
            slow_by: 1.0,
            sample_sd: 0.015,
            process_sd: 0.006,
            import_s: 0.15,
        };
        host.wait(0.0);
        host
    }

    /// Standard normal, by Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let (one, other): (f64, f64) = (self.random.random(), self.random.random());
        (-2.0 * (1.0 - one).ln()).sqrt() * (std::f64::consts::TAU * other).cos()
    }

    fn wait(&mut self, seconds: f64) {
        self.now_s += seconds;
        while self.now_s >= self.phase_ends_s {
            self.phase_ends_s += self.random.random_range(0.05..0.5);
            let slow = self.slow_by == 1.0;
            self.slow_by = if slow { self.random.random_range(1.5..1.9) } else { 1.0 };
        }
    }

    /// Work of so many seconds at full speed.
    pub fn work(&mut self, seconds: f64) -> Sample {
        let (mut left, began) = (seconds, self.now_s);
        while left > 0.0 {
            let takes = left * self.slow_by;
            let runs = takes.min(self.phase_ends_s - self.now_s);
            left = if runs < takes { left - runs / self.slow_by } else { 0.0 };
            self.wait(runs);
        }
        let mut off = (self.sample_sd * self.normal()).exp();
        if self.random.random_bool(0.05) {
            off *= 1.0 - 0.3 * (1.0 - self.random.random::<f64>()).ln();
        }
        let cpu = (self.now_s - began) * off;
        let preempted =
            if self.random.random_bool(0.1) { self.random.random_range(0.0..0.01) } else { 0.0 };
        Sample::from_seconds(cpu, cpu + 2e-5 + preempted).expect("a duration")
    }

    /// A process pair whose calls cost so many seconds at full speed.
    pub fn process_pair(&mut self, turn: &Turn, plan: &Plan, call_s: Sides<f64>) -> ProcessPair {
        let inner = (0.004 / call_s.reference).ceil().max(1.0) as u32;
        let off = Sides {
            candidate: (self.process_sd * self.normal()).exp(),
            reference: (self.process_sd * self.normal()).exp(),
        };
        let import =
            Sides { candidate: self.work(self.import_s), reference: self.work(self.import_s) };
        let began = self.now_s;
        let mut pairs = Vec::new();
        for next in turn.pairs() {
            let elapsed = std::time::Duration::from_secs_f64(self.now_s - began);
            if turn.is_over(plan, pairs.len(), elapsed) {
                break;
            }
            let calls = f64::from(inner) * (0.02 * self.normal()).exp();
            let (candidate, reference) = (
                calls * call_s.candidate * off.candidate,
                calls * call_s.reference * off.reference,
            );
            let (candidate, reference) = match next.order {
                Order::Ab => {
                    let first = self.work(candidate);
                    self.wait(0.0005);
                    (first, self.work(reference))
                }
                Order::Ba => {
                    let first = self.work(reference);
                    self.wait(0.0005);
                    (self.work(candidate), first)
                }
            };
            self.wait(0.001);
            pairs.push(Pair { order: next.order, inner, candidate, reference });
        }
        ProcessPair { hash_seed: turn.hash_seed, size_index: turn.size_index, import, pairs }
    }

    /// A whole measurement, as an engine would drive it; `call_s` says what a call of a size costs.
    pub fn measure(
        &mut self,
        plan: &Plan,
        call_s: impl Fn(u64) -> Sides<f64>,
    ) -> (Measurement, StopReason) {
        let mut measurement = Measurement { lane: lane(), ..Measurement::default() };
        let began = self.now_s;
        loop {
            let elapsed = std::time::Duration::from_secs_f64(self.now_s - began);
            match next_step(&measurement, plan, elapsed) {
                Step::Continue(turn) => {
                    let call_s = call_s(plan.sizes[turn.size_index]);
                    let process_pair = self.process_pair(&turn, plan, call_s);
                    measurement.process_pairs.push(process_pair);
                }
                Step::Stop(reason) => return (measurement, reason),
            }
        }
    }
}

pub fn lane() -> LaneFacts {
    LaneFacts { host_cores: 2, pinned_core: Some(1), alone: true, waited_ms: 0 }
}

/// The protocol for one size, from that seed.
pub fn plan(seed: u64) -> Plan {
    Plan { seed, ..Plan::default() }
}

/// A process pair each of whose pairs has exactly this ratio, on both clocks.
pub fn exactly(ratio: f64) -> ProcessPair {
    let reference = Sample { cpu_ns: 4_000_000, wall_ns: 4_000_000 };
    let ns = (4_000_000.0 * ratio).round() as u64;
    let candidate = Sample { cpu_ns: ns, wall_ns: ns };
    let pair = |order| Pair { order, inner: 8, candidate, reference };
    ProcessPair {
        hash_seed: 1,
        size_index: 0,
        import: Sides::default(),
        pairs: vec![pair(Order::Ab), pair(Order::Ba)],
    }
}

/// A measurement of such process pairs.
pub fn of(ratios: &[f64]) -> Measurement {
    Measurement {
        process_pairs: ratios.iter().map(|ratio| exactly(*ratio)).collect(),
        steal_share: Some(0.01),
        lane: lane(),
        ..Measurement::default()
    }
}

/// The main clock's twin in tests that look at both.
pub const CLOCKS: [Clock; 2] = [Clock::Cpu, Clock::Wall];
