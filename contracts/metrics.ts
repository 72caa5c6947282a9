/**
 * Metric names and buckets, declared once so that a dashboard and the process that feeds it cannot drift
 * apart. Labels `az`, `dc`, `role` and `service` come from the scrape configuration, never from a process: they
 * say where a metric was made. `zone` says which AZ it is about.
 */

/** Seconds; resolves 1 ms to 10 s (a menu read takes 2 ms, a bake 80 ms, patience is 1 s). */
export const LATENCY_BUCKETS_S = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 2, 5, 10];

export const METRIC = {
  buildInfo: 'azimuth_build_info',
  eventLoopLag: 'azimuth_event_loop_lag_seconds',
  residentMemory: 'process_resident_memory_bytes',
  cpuSeconds: 'process_cpu_seconds_total',
  startTime: 'process_start_time_seconds',
  /** What being scraped costs: processor time spent on `/metrics`. */
  scrapeSeconds: 'azimuth_scrape_seconds_total',
  httpDuration: 'azimuth_http_request_duration_seconds',
  httpInFlight: 'azimuth_http_requests_in_flight',
  httpRefused: 'azimuth_http_requests_refused_total',
  upstreamAttempts: 'azimuth_upstream_attempts_total',
  upstreamRequests: 'azimuth_upstream_requests_total',
  upstreamFailed: 'azimuth_upstream_requests_failed_total',
  upstreamRescues: 'azimuth_upstream_rescues_total',
  upstreamRetries: 'azimuth_upstream_retries_total',
  upstreamRetriesRefused: 'azimuth_upstream_retries_refused_total',
  firstAttempts: 'azimuth_first_attempts_total',
  firstAttemptsFailed: 'azimuth_first_attempts_failed_total',
  decisions: 'azimuth_balancer_decisions_total',
  targetState: 'azimuth_target_state',
  targetLatency: 'azimuth_target_latency_seconds',
  targetEjections: 'azimuth_target_ejections_total',
  zoneSpill: 'azimuth_zone_spill_ratio',
  zoneShifted: 'azimuth_zone_shifted',
  failOpen: 'azimuth_fail_open',
  ovens: 'azimuth_kitchen_ovens',
  ovensBusy: 'azimuth_kitchen_ovens_busy',
  kitchenRated: 'azimuth_kitchen_rated_orders_per_second',
  ordersWaiting: 'azimuth_kitchen_orders_waiting',
  ordersBaked: 'azimuth_kitchen_orders_baked_total',
  ordersExpired: 'azimuth_kitchen_orders_expired_total',
  ordersBakedTwice: 'azimuth_kitchen_orders_baked_twice_total',
  customerOrders: 'azimuth_customer_orders_total',
  customerMenus: 'azimuth_customer_menus_total',
  customerLatency: 'azimuth_customer_latency_seconds',
  generatorLag: 'azimuth_customer_generator_lag_seconds',
  faultActive: 'azimuth_fault_active',
  faults: 'azimuth_faults_total',
  verdictLast: 'azimuth_verdict_last_timestamp_seconds',
  /** Names of the reference. */
  toxiproxyReceived: 'toxiproxy_proxy_received_bytes_total',
  toxiproxySent: 'toxiproxy_proxy_sent_bytes_total',
  linkDiscarded: 'azimuth_link_discarded_bytes_total',
  linkAccepted: 'azimuth_link_connections_accepted_total',
  linkDialsFailed: 'azimuth_link_dials_failed_total',
  linkClosed: 'azimuth_link_connections_closed_total',
  linkOpen: 'azimuth_link_connections_open',
  linkToxics: 'azimuth_link_toxics',
  linkGoverned: 'azimuth_link_connections_governed',
} as const;
