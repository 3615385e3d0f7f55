"""People: accounts, roles, sessions and API tokens; the rules and calculations, above the tables of `store/`.

The rest of `web/` needs these: `known.Known` (who is behind a cookie or a token; `stored.StoredPeople` reads
the database), `roles.may`, `login.log_in` and `login.confirm` (a password that was typed), `first_link`
(the one-time link), and `passwords`, `second_factor` and `accounts` (what a new password, code or account
must be).
"""
