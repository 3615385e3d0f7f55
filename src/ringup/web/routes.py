"""The list of all addresses of the web page; tests walk over it with every role and none."""

from ringup.web.people.roles import VIEWER
from ringup.web.route import WebRoute
from ringup.web.views import board, jobs, live_log

ROUTES = (
    WebRoute("GET", "/", board.board, VIEWER, is_listing=True),
    WebRoute("GET", "/live/board", board.live, VIEWER),
    WebRoute("GET", "/log", live_log.log, VIEWER, is_listing=True),
    WebRoute("GET", "/live/log", live_log.live, VIEWER),
    WebRoute("GET", "/jobs", jobs.all_jobs, VIEWER, is_listing=True),
    WebRoute("GET", "/jobs/{number}", jobs.job, VIEWER),
    WebRoute("GET", "/live/jobs/{number}", jobs.live, VIEWER),
)
