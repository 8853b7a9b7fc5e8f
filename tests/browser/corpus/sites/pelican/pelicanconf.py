"""A watch-keeper's journal as Pelican makes it, in the theme it comes with."""

AUTHOR = "The watch"
SITENAME = "Harbour journal"
SITEURL = ""
PATH = "content"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
DEFAULT_DATE = (2024, 3, 1, 6, 0, 0)
RELATIVE_URLS = True
FEED_ALL_ATOM = None
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
LINKS = (("Handbook", "https://example.test/handbook"), ("Tides", "https://example.test/tides"))
SOCIAL = ()
DEFAULT_PAGINATION = False
