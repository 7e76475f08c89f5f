//! Whether pictures may be shown.

use study::StudyPlan;

/// Whether the pictures of a study may be shown on a page.
pub fn may_show_pictures(plan: &StudyPlan) -> bool {
    plan.report.pictures
}
