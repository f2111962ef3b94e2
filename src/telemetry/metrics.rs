//! The numbers that dashboards and tests read; no label holds a person, a secret or an unbounded value.

use prometheus::{
    Encoder as _, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

/// Every metric of one running service. Clones share the numbers.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    /// Webhook requests by `source` and HTTP `status`.
    pub webhook_requests: IntCounterVec,
    /// From the first byte of a delivery to the answer, in seconds.
    pub webhook_ack_seconds: Histogram,
    /// Facts that wait in the inbox.
    pub inbox_pending: IntGauge,
    /// Facts set aside for good.
    pub inbox_dead: IntCounter,
    /// Parcels that wait in the outbox, by `lane`.
    pub outbox_pending: IntGaugeVec,
    /// Bot API calls by `method` and `outcome`.
    pub bot_api_calls: IntCounterVec,
    /// From the arrival of an update to the first call it caused, in seconds.
    pub update_to_call_seconds: Histogram,
    /// Orders that reached a `state`.
    pub orders: IntCounterVec,
    /// Payments by `outcome`.
    pub payments: IntCounterVec,
    /// Authenticated callbacks that lied.
    pub forged_callbacks: IntCounter,
    /// Whether the last call to the gateway was answered: 1 or 0; 1 as long as there was none.
    pub gateway_up: IntGauge,
    /// When a `job` last succeeded, in Unix seconds.
    pub job_last_success: IntGaugeVec,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Fresh metrics, all at zero.
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry::new();
        let metrics = Self {
            webhook_requests: counters(
                &registry,
                "webhook_requests_total",
                "Webhook requests",
                &["source", "status"],
            ),
            webhook_ack_seconds: histogram(
                &registry,
                "webhook_ack_seconds",
                "Time to answer a delivery",
            ),
            inbox_pending: gauge(&registry, "inbox_pending", "Facts that wait in the inbox"),
            inbox_dead: counter(&registry, "inbox_dead_total", "Facts set aside for good"),
            outbox_pending: gauges(
                &registry,
                "outbox_pending",
                "Parcels that wait in the outbox",
                &["lane"],
            ),
            bot_api_calls: counters(
                &registry,
                "bot_api_calls_total",
                "Bot API calls",
                &["method", "outcome"],
            ),
            update_to_call_seconds: histogram(
                &registry,
                "update_to_call_seconds",
                "From an update to the first call it caused",
            ),
            orders: counters(&registry, "orders_total", "Orders that reached a state", &["state"]),
            payments: counters(&registry, "payments_total", "Payments by outcome", &["outcome"]),
            forged_callbacks: counter(
                &registry,
                "forged_callbacks_total",
                "Authenticated callbacks that lied",
            ),
            gateway_up: gauge(&registry, "gateway_up", "Whether the gateway answered last"),
            job_last_success: gauges(
                &registry,
                "job_last_success_timestamp_seconds",
                "When a job last succeeded",
                &["job"],
            ),
            registry,
        };
        let build = gauges(&metrics.registry, "build_info", "The running build", &["version"]);
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        // Nobody has asked the gateway yet, so nothing speaks against it: 0 would wake somebody.
        metrics.gateway_up.set(1);
        metrics
    }

    /// The Prometheus text of all metrics.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut text) {
            tracing::error!(%error, "metrics could not be written");
        }
        text
    }
}

const REGISTERED: &str = "each metric is registered once, under a fixed name";

fn named(name: &str, help: &str) -> Opts {
    Opts::new(format!("auto_order_{name}"), help)
}

fn counter(registry: &Registry, name: &str, help: &str) -> IntCounter {
    let metric = IntCounter::with_opts(named(name, help)).expect(REGISTERED);
    registry.register(Box::new(metric.clone())).expect(REGISTERED);
    metric
}

fn counters(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    let metric = IntCounterVec::new(named(name, help), labels).expect(REGISTERED);
    registry.register(Box::new(metric.clone())).expect(REGISTERED);
    metric
}

fn gauge(registry: &Registry, name: &str, help: &str) -> IntGauge {
    let metric = IntGauge::with_opts(named(name, help)).expect(REGISTERED);
    registry.register(Box::new(metric.clone())).expect(REGISTERED);
    metric
}

fn gauges(registry: &Registry, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
    let metric = IntGaugeVec::new(named(name, help), labels).expect(REGISTERED);
    registry.register(Box::new(metric.clone())).expect(REGISTERED);
    metric
}

fn histogram(registry: &Registry, name: &str, help: &str) -> Histogram {
    let buckets = vec![
        0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
    ];
    let options = HistogramOpts::from(named(name, help)).buckets(buckets);
    let metric = Histogram::with_opts(options).expect(REGISTERED);
    registry.register(Box::new(metric.clone())).expect(REGISTERED);
    metric
}
