"""The list of all addresses of the web page; tests walk over it with every role and none."""

from ringup.web.metrics import metrics
from ringup.web.people.roles import ADMINISTRATOR, NOBODY, OPERATOR, VIEWER
from ringup.web.route import WebRoute
from ringup.web.views import accounts, board, health, jobs, live_log, login, phone

ROUTES = (
    WebRoute("GET", "/", board.board, VIEWER, is_listing=True),
    WebRoute("GET", "/live/board", board.live, VIEWER),
    WebRoute("GET", "/phones/{mac}", phone.phone, VIEWER),
    WebRoute("GET", "/phones/{mac}/ladder.svg", phone.ladder_picture, VIEWER),
    WebRoute("GET", "/phones/{mac}/screen.png", phone.screen_picture, VIEWER),
    WebRoute("GET", "/phones/{mac}/files/{name}", phone.file, VIEWER),
    WebRoute("GET", "/phones/{mac}/report", phone.report, OPERATOR),
    WebRoute("POST", "/phones/{mac}/restart", phone.restart, OPERATOR),
    WebRoute("POST", "/phones/{mac}/convert", phone.convert, OPERATOR),
    WebRoute("POST", "/phones/{mac}/remove", phone.remove, OPERATOR),
    WebRoute("POST", "/phones/{mac}/claim", phone.claim, OPERATOR),
    WebRoute("POST", "/phones/{mac}/cure", phone.cure, OPERATOR),
    WebRoute("GET", "/log", live_log.log, VIEWER, is_listing=True),
    WebRoute("GET", "/live/log", live_log.live, VIEWER),
    WebRoute("GET", "/jobs", jobs.all_jobs, VIEWER, is_listing=True),
    WebRoute("GET", "/jobs/{number}", jobs.job, VIEWER),
    WebRoute("GET", "/live/jobs/{number}", jobs.live, VIEWER),
    WebRoute("GET", "/login", login.form, NOBODY),
    WebRoute("POST", "/login", login.send, NOBODY),
    WebRoute("POST", "/logout", login.log_out, VIEWER),
    WebRoute("GET", "/first/{token}", login.first_form, NOBODY),
    WebRoute("POST", "/first/{token}", login.first_send, NOBODY),
    WebRoute("GET", "/me", accounts.me, VIEWER),
    WebRoute("POST", "/me/password", accounts.my_password, VIEWER),
    WebRoute("POST", "/me/second-factor", accounts.second_factor, VIEWER),
    WebRoute("GET", "/accounts", accounts.accounts, ADMINISTRATOR, is_listing=True),
    WebRoute("POST", "/accounts", accounts.add, ADMINISTRATOR),
    WebRoute("POST", "/accounts/{name}", accounts.change, ADMINISTRATOR),
    WebRoute("POST", "/accounts/{name}/remove", accounts.remove, ADMINISTRATOR),
    WebRoute("GET", "/tokens", accounts.tokens, OPERATOR, is_listing=True),
    WebRoute("POST", "/tokens", accounts.add_token, OPERATOR),
    WebRoute("POST", "/tokens/{name}/remove", accounts.drop_token, OPERATOR),
    WebRoute("GET", "/audit", accounts.audit_log, ADMINISTRATOR, is_listing=True),
    WebRoute("GET", "/healthz", health.alive, NOBODY),
    WebRoute("GET", "/readyz", health.ready, NOBODY),
    WebRoute("GET", "/metrics", metrics, VIEWER),
)
