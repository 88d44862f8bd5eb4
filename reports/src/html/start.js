// The views, and the first one.

const holeCount = () => sum(coverage.filter((of) => of.machine == null).map((of) => of.holes.length));

const VIEWS = {
  overview: { title: "Overview", count: () => "", show: overview, filters: ["machine", "lane", "failing"] },
  differences: { title: "Differences", count: () => (report.lanes.length ? number(bugs.length) : null), show: differences, key: differencesKey, filters: ["topic", "machine", "lane", "rule"] },
  matrix: { title: "Matrix", count: () => (report.coverage.length ? "" : null), show: matrix, filters: ["topic", "machine", "lane", "rule", "failing"] },
  rules: { title: "Rules", count: () => (report.suites.length ? number(sum(report.suites.map((suite) => Object.keys(suite.rules).length))) : null), show: rules, filters: ["topic", "machine", "lane", "rule", "failing"] },
  ledger: { title: "Ledger", count: () => (report.ledger.rows.length ? number(report.ledger.rows.length) : null), show: ledger, filters: ["topic", "machine", "lane", "rule", "failing"] },
  coverage: { title: "Coverage", count: () => (report.coverage.length ? (holeCount() ? plural(holeCount(), "hole") : "") : null), show: coverageView, filters: ["topic", "machine", "lane", "failing"] },
  figures: { title: "Figures", count: () => (report.measurements.length ? number(report.measurements.length) : ""), show: figures, filters: ["machine", "lane", "failing"] },
  trends: { title: "Trends", count: () => (past.runs.length ? number(past.runs.length) : null), show: trends, filters: [] },
};

addEventListener("hashchange", show);
addEventListener("keydown", onKey);
show();
