"""Arabic by English template, as gettext does it: the same facts stand in the same braces.

Field names, words of the wire and numbers stay as they are. What follows a field name is a whole sentence
here.
"""

from collections.abc import Mapping
from typing import Any

TEXTS: dict[str, str] = {
    # The page's own
    "Invalid API key": "مفتاح API غير صالح",
    "Missing required scopes": "الصلاحيات المطلوبة مفقودة",
    "Rate limit exceeded": "تم تجاوز حد المعدل",
    "Click ID {click_id} not found or does not belong to your workspace": (
        "معرف النقرة {click_id} غير موجود أو لا ينتمي إلى مساحة العمل الخاصة بك"
    ),
    # Who asks, and what for
    "Missing Authorization header": "ترويسة Authorization مفقودة",
    "Invalid API key format": "صيغة مفتاح API غير صالحة",
    "Expired API key": "انتهت صلاحية مفتاح API",
    "Not found": "المسار غير موجود",
    "Internal server error": "خطأ داخلي في الخادم",
    "your plan does not include {feature}": "لا تشمل باقتك ميزة {feature}",
    "your plan allows {most} links": "تسمح باقتك بعدد أقصاه {most} من الروابط",
    "only an owner or an admin may do this": "لا يُسمح بهذا الإجراء إلا للمالك أو المسؤول",
    # The body as a whole
    "the request body is empty": "نص الطلب فارغ",
    "the request body is not valid JSON": "نص الطلب ليس بصيغة JSON صالحة",
    "the request body is nested too deeply": "نص الطلب متداخل أكثر مما ينبغي",
    "the request body must be at most {most} bytes": "يجب ألا يتجاوز نص الطلب {most} بايت",
    "the request body ended too early": "انقطع نص الطلب قبل اكتماله",
    "the list must not be empty": "يجب ألا تكون القائمة فارغة",
    "at most {most} objects may be sent in one request": (
        "لا يجوز إرسال أكثر من {most} من العناصر في الطلب الواحد"
    ),
    # Types and bounds
    "is required": "هذا الحقل مطلوب",
    "must be text": "يجب أن تكون القيمة نصًا",
    "must be a whole number": "يجب أن تكون القيمة عددًا صحيحًا",
    "must be a number": "يجب أن تكون القيمة عددًا",
    "must be true or false": "يجب أن تكون القيمة true أو false",
    "must be a list": "يجب أن تكون القيمة قائمة",
    "must be an object": "يجب أن تكون القيمة كائنًا",
    "is out of range": "القيمة خارج النطاق المسموح به",
    "must be at least {least}": "يجب ألا تقل القيمة عن {least}",
    "must be at most {most}": "يجب ألا تزيد القيمة على {most}",
    "must be at least {least} characters": "يجب ألا يقل عدد الأحرف عن {least}",
    "must be at most {most} characters": "يجب ألا يزيد عدد الأحرف على {most}",
    "must have 1 to {longest} characters": "يجب أن يتراوح عدد الأحرف بين 1 و{longest}",
    "must be at most {most} tags": "يجب ألا يزيد عدد الوسوم على {most}",
    "must not be empty": "يجب ألا تكون القيمة فارغة",
    "must not be null": "لا يجوز أن تكون القيمة null",
    "must not contain control characters": "يجب ألا تحتوي القيمة على محارف تحكم",
    "must be one of {choices}": "يجب أن تكون القيمة إحدى القيم التالية: {choices}",
    "must be given only once": "لا يجوز ذكر هذا المعامل أكثر من مرة",
    "must be UTF-8 text": "يجب أن تكون القيمة نصًا بترميز UTF-8",
    "must be a UUID": "يجب أن تكون القيمة معرف UUID",
    "must be an e-mail address": "يجب أن تكون القيمة عنوان بريد إلكتروني صالحًا",
    "must be an http or https URL": "يجب أن تكون القيمة رابط http أو https صالحًا",
    "must not lead back to a short link": "يجب ألا يؤدي الرابط إلى رابط مختصر في هذا الخادم",
    "must be an ISO 8601 date-time with a time zone, such as 2026-12-31T23:59:00Z": (
        "يجب أن تكون القيمة تاريخًا ووقتًا بصيغة ISO 8601 مع المنطقة الزمنية، مثل 2026-12-31T23:59:00Z"
    ),
    "must lie between the years 1970 and {last}": "يجب أن يقع التاريخ بين عامي 1970 و{last}",
    "must not be after endDate": "يجب ألا يكون تاريخ البداية بعد endDate",
    "must be the name of a time zone, such as Europe/Berlin": (
        "يجب أن تكون القيمة اسم منطقة زمنية، مثل Europe/Berlin"
    ),
    "makes more than {most} steps; ask for a longer one": (
        "ينتج عن هذه الفترة أكثر من {most} خطوة؛ يُرجى اختيار فترة أطول"
    ),
    # Links and their shelves
    "names no {noun} of your workspace": "لا يشير هذا المعرف إلى {noun} في مساحة العمل الخاصة بك",
    "names another partner than the link's": "يشير هذا المعرف إلى شريك غير شريك الرابط",
    "knows no country {code}": "رمز الدولة {code} غير معروف",
    "knows no key {name}": "المفتاح {name} غير معروف",
    "cannot be changed": "لا يمكن تغيير هذه القيمة",
    "is a reserved word": "هذه الكلمة محجوزة",
    "may only have letters A to Z, digits, hyphens and underscores": (
        "لا يُسمح إلا بالأحرف اللاتينية من A إلى Z والأرقام والشرطات والشرطات السفلية"
    ),
    "is taken by another link": "هذه القيمة مستخدمة في رابط آخر",
    "stands twice in this request": "تكررت هذه القيمة في الطلب نفسه",
    "{value} is taken by another link": "القيمة {value} مستخدمة في رابط آخر",
    "{value} stands twice in this request": "تكررت القيمة {value} في الطلب نفسه",
    "was taken by another request just now; try again": (
        "استُخدمت هذه القيمة للتو في طلب آخر؛ يُرجى المحاولة مجددًا"
    ),
    # Conversions
    "is empty, and the customer has no earlier lead to attribute this one to": (
        "القيمة فارغة، وليس لهذا العميل حدث سابق من نوع lead يمكن الإسناد إليه"
    ),
    "the sale cannot be attributed: the customer has no lead, and no clickId is given": (
        "لا يمكن إسناد عملية البيع: ليس لهذا العميل حدث سابق من نوع lead، ولم يُرسل clickId"
    ),
    "must be a currency code of ISO 4217, such as usd": "يجب أن تكون القيمة رمز عملة وفق ISO 4217، مثل usd",
    "must be at most {most} characters as JSON": "يجب ألا يزيد طول القيمة بصيغة JSON على {most} حرف",
    "must be 1 to 255 visible ASCII characters": "يجب أن تتكون القيمة من 1 إلى 255 من محارف ASCII المرئية",
    "was used for another request": "استُخدم هذا المفتاح لطلب آخر",
    # Plans, keys and people: said by the same contexts elsewhere, too
    "must be one of {plans}": "يجب أن تكون القيمة إحدى القيم التالية: {plans}",
}

WORDS: dict[str, dict[str, str]] = {
    "noun": {"link": "أي رابط", "collection": "أي مجموعة", "tag": "أي وسم", "partner": "أي شريك"},
    "feature": {
        "link expiration": "انتهاء صلاحية الروابط",
        "password protection": "الحماية بكلمة مرور",
        "link cloaking": "إخفاء الروابط",
        "device targeting": "الاستهداف حسب الجهاز",
        "geo targeting": "الاستهداف الجغرافي",
    },
}
"""Facts that are words of ours, by the name of their brace."""


def text(template: str, facts: Mapping[str, Any]) -> str:
    """The Arabic sentence of an English template; the page's generic one where a template has none."""
    found = TEXTS.get(template)
    if found is None:
        return "طلب غير صالح"
    said = {name: WORDS.get(name, {}).get(str(value), value) for name, value in facts.items()}
    return found.format(**said) if said else found
