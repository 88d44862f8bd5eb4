//! What a result is not happy with beside its findings.

use oracle::report::Report;

/// What stands in the way of a result.
pub(crate) struct Complaint {
    /// What it is, in a word or two.
    pub kind: &'static str,
    /// About what, and why.
    pub text: String,
    /// Whether the result would be conformant without it; what is only kept in mind is not.
    pub counts: bool,
}

/// All of them: what no case is to blame for, what was not run, and why; coverage, ledger, lanes, measurements.
pub(crate) fn complaints(report: &Report) -> Vec<Complaint> {
    let counted = |kind, text| Complaint { kind, text, counts: true };
    let mut all = Vec::new();
    for lane in &report.lanes {
        let name = format!("{} {}", lane.subject, lane.lane);
        all.extend(lane.problems().map(|(who, why)| counted(who, format!("{name}: {why}"))));
        all.extend(lane.not_run().map(|why| counted("not run", format!("{name}: {why}"))));
        if let Some(why) = &lane.skipped_because {
            let text = if lane.required { format!("{name}: {why}") } else { name };
            all.push(Complaint { kind: "skipped lane", text, counts: lane.required });
        }
    }
    let counts = report.gates_coverage();
    for coverage in report.coverage() {
        let (subject, profile) = (&coverage.table.subject, &coverage.table.profile);
        let hole = |(topic, point)| format!("{subject} {profile} {topic} {point}");
        let holes = coverage.holes().into_iter().map(hole);
        all.extend(holes.map(|text| Complaint { kind: "hole", text, counts }));
    }
    all.extend(report.ledger.all_problems().map(|problem| counted("ledger problem", problem)));
    let out = report.measurements.iter().filter(|measurement| !measurement.holds());
    all.extend(
        out.map(|it| counted("out of bounds", format!("{} {}: {} {}", it.group, it.name, it.value, it.unit))),
    );
    all
}
