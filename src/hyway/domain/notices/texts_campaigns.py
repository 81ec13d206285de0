"""What notifications about campaigns say: (title, body), which their params fill."""

TEXTS: dict[str, tuple[str, str]] = {
    "Campaign::PublishedNotifier": (
        "{campaign_name} is published",
        "Creators find it on the board now and can apply.",
    ),
    "Campaign::FinishedNotifier": (
        "{campaign_name} has finished",
        "No more posts are taken. What is left of the budget goes back in three days.",
    ),
    "Campaign::ApplicationReceivedNotifier": (
        "{user_name} applies to {campaign_name}",
        "{user_name} wants to make posts for the campaign. An admin can accept or decline.",
    ),
    "Campaign::ApplicationAcceptedNotifier": (
        "You are in {campaign_name}",
        "{organization_name} accepted you. Your own link is ready, and you can submit posts.",
    ),
    "Campaign::ApplicationDeclinedNotifier": (
        "{campaign_name} takes others",
        "{organization_name} declined your application.",
    ),
    "Campaign::ApplicationWithdrawnNotifier": (
        "{user_name} leaves {campaign_name}",
        "{user_name} takes the application back.",
    ),
    "Campaign::SubmissionReceivedNotifier": (
        "{user_name} submits a post to {campaign_name}",
        "Look at it within two days; then it is approved unless something about it is odd.",
    ),
    "Campaign::SubmissionFlaggedNotifier": (
        "A post of {user_name} needs a look",
        "Something about a post for {campaign_name} is odd: {flags}. An admin has to decide.",
    ),
    "Campaign::SubmissionApprovedNotifier": (
        "Your post for {campaign_name} is approved",
        "{organization_name} pays for its views from now on.",
    ),
    "Campaign::SubmissionRejectedNotifier": (
        "Your post for {campaign_name} is rejected",
        "{organization_name} turned it down ({reason}). You may ask once for another look.",
    ),
    "Campaign::SubmissionReversedNotifier": (
        "What your post for {campaign_name} earned is taken back",
        "{organization_name} reversed it ({reason}).",
    ),
    "Campaign::SubmissionReopenedNotifier": (
        "A post for {campaign_name} is looked at again",
        "It was rejected and is open once more.",
    ),
    "Campaign::SubmissionHeldNotifier": (
        "The views of your post for {campaign_name} are counted",
        "What it earned is held for three days, then {organization_name} owes it to you.",
    ),
    "Campaign::SubmissionPayableNotifier": (
        "{organization_name} owes you for {campaign_name}",
        "What your post earned is yours and comes with the next payout.",
    ),
    "Campaign::SubmissionPaidNotifier": (
        "You are paid for {campaign_name}",
        "{organization_name} has paid what your post earned.",
    ),
}
