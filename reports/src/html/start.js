// The views, and the first one.

const holeCount = () => sum(coverage.filter((of) => of.machine == null).map((of) => of.holes.length));

const VIEWS = {
  overview: { title: "Overview", count: () => "", show: overview },
  differences: { title: "Differences", count: () => number(report.findings.length), show: differences, key: differencesKey },
  matrix: { title: "Matrix", count: () => (report.coverage.length ? "" : null), show: matrix },
  rules: { title: "Rules", count: () => (report.suites.length ? number(sum(report.suites.map((suite) => Object.keys(suite.rules).length))) : null), show: rules },
  ledger: { title: "Ledger", count: () => (report.ledger.rows.length ? number(report.ledger.rows.length) : null), show: ledger },
  coverage: { title: "Coverage", count: () => (report.coverage.length ? (holeCount() ? plural(holeCount(), "hole") : "") : null), show: coverageView },
  figures: { title: "Figures", count: () => (report.measurements.length ? number(report.measurements.length) : ""), show: figures },
  trends: { title: "Trends", count: () => (past.runs.length ? number(past.runs.length) : null), show: trends },
};

addEventListener("hashchange", show);
addEventListener("keydown", onKey);
show();
