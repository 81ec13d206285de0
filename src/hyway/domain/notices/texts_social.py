"""What notifications about social accounts say: (title, body), which their params fill."""

TEXTS: dict[str, tuple[str, str]] = {
    "SocialAccount::VerifiedNotifier": (
        "{account} is verified",
        "Your {platform_name} account is shown to be yours. Posts by it count from now on.",
    ),
    "SocialAccount::FailedNotifier": (
        "{account} is not verified",
        "{reason} Posts of your {platform_name} account do not count until it is shown to be yours; try again.",
    ),
}
