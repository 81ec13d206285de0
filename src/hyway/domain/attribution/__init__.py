"""Who clicked, and what it led to: clicks, visitors, customers, leads, sales, roll-ups."""

from hyway.domain.attribution import agents, bots
from hyway.domain.attribution.recorder import Recorder
from hyway.domain.attribution.records import (
    Bucket,
    Capture,
    Click,
    ClickQuery,
    Conversion,
    Counts,
    Customer,
    CustomerQuery,
    CustomerWish,
    Dimension,
    NewLead,
    NewSale,
    Row,
    Summary,
    SummaryQuery,
    Trigger,
)
from hyway.domain.attribution.rolling import roll_up, waiting
from hyway.domain.attribution.service import (
    clicks,
    count_customers,
    customer_history,
    customers,
    recent_conversions,
    remember,
    remembered,
    tidy,
    track_lead,
    track_sale,
)
from hyway.domain.attribution.summaries import of_links, summary
from hyway.domain.attribution.tallying import DIMENSIONS

__all__ = [
    "DIMENSIONS",
    "Bucket",
    "Capture",
    "Click",
    "ClickQuery",
    "Conversion",
    "Counts",
    "Customer",
    "CustomerQuery",
    "CustomerWish",
    "Dimension",
    "NewLead",
    "NewSale",
    "Recorder",
    "Row",
    "Summary",
    "SummaryQuery",
    "Trigger",
    "agents",
    "bots",
    "clicks",
    "count_customers",
    "customer_history",
    "customers",
    "of_links",
    "recent_conversions",
    "remember",
    "remembered",
    "roll_up",
    "summary",
    "tidy",
    "track_lead",
    "track_sale",
    "waiting",
]
