"""The columns of Asterisk's PJSIP tables, in the order in which Asterisk reads them.

Source: the tables that the migrations of Asterisk 22 (contrib/ast-db-manage) create in PostgreSQL. The order
matters: Asterisk applies a row's columns from left to right, and ``disallow`` must come before ``allow``.
"""

from collections.abc import Mapping

CHOICE_LENGTH = 40
"""Maximum number of characters of a column for ``yes``, ``no`` and similar words.

In Asterisk's own tables, such a column is an enumeration; in a table that ringup creates, it is a text.
"""

Columns = Mapping[str, int | str]
"""For each column, its maximum number of characters, or its type if it is not a text with a limit."""


def _columns(listed: str) -> Columns:
    """Read ``name``, ``name:LENGTH`` and ``name:TYPE``; a name alone stands for an enumeration."""
    pairs = (each.partition(":") for each in listed.split())
    return {name: int(kind) if kind.isdigit() else kind or CHOICE_LENGTH for name, _colon, kind in pairs}


_ENDPOINTS = _columns(
    """
    id:255 transport:40 aors:2048 auth:255 context:40 disallow:200 allow:200 direct_media
    connected_line_method direct_media_method direct_media_glare_mitigation disable_direct_media_on_nat
    dtmf_mode external_media_address:40 force_rport ice_support identify_by:80 mailboxes:40
    moh_suggest:40 outbound_auth:255 outbound_proxy:255 rewrite_contact rtp_ipv6 rtp_symmetric
    send_diversion send_pai send_rpid timers_min_se:integer timers timers_sess_expires:integer
    callerid:40 callerid_privacy callerid_tag:40 100rel aggregate_mwi trust_id_inbound trust_id_outbound
    use_ptime use_avpf media_encryption inband_progress call_group:40 pickup_group:40
    named_call_group:40 named_pickup_group:40 device_state_busy_at:integer fax_detect t38_udptl
    t38_udptl_ec t38_udptl_maxdatagram:integer t38_udptl_nat t38_udptl_ipv6 tone_zone:40 language:40
    one_touch_recording record_on_feature:40 record_off_feature:40 rtp_engine:40 allow_transfer
    allow_subscribe sdp_owner:40 sdp_session:40 tos_audio:10 tos_video:10 sub_min_expiry:integer
    from_domain:40 from_user:40 mwi_from_user:40 dtls_verify:40 dtls_rekey:40 dtls_cert_file:200
    dtls_private_key:200 dtls_cipher:200 dtls_ca_file:200 dtls_ca_path:200 dtls_setup srtp_tag_32
    media_address:40 redirect_method set_var:text cos_audio:integer cos_video:integer message_context:40
    force_avp media_use_received_transport accountcode:80 user_eq_phone moh_passthrough
    media_encryption_optimistic rpid_immediate g726_non_standard rtp_keepalive:integer
    rtp_timeout:integer rtp_timeout_hold:integer bind_rtp_to_media_address voicemail_extension:40
    mwi_subscribe_replaces_unsolicited deny:95 permit:95 acl:40 contact_deny:95 contact_permit:95
    contact_acl:40 subscribe_context:40 fax_detect_timeout:integer contact_user:80 preferred_codec_only
    asymmetric_rtp_codec rtcp_mux allow_overlap refer_blind_progress notify_early_inuse_ringing
    max_audio_streams:integer max_video_streams:integer webrtc dtls_fingerprint incoming_mwi_mailbox:40
    bundle dtls_auto_generate_cert follow_early_media_fork accept_multiple_sdp_answers
    suppress_q850_reason_headers trust_connected_line send_connected_line ignore_183_without_sdp
    codec_prefs_incoming_offer:128 codec_prefs_outgoing_offer:128 codec_prefs_incoming_answer:128
    codec_prefs_outgoing_answer:128 stir_shaken send_history_info allow_unauthenticated_options
    t38_bind_udptl_to_media_address geoloc_incoming_call_profile:80 geoloc_outgoing_call_profile:80
    incoming_call_offer_pref outgoing_call_offer_pref stir_shaken_profile:80 security_negotiation
    security_mechanisms:512 send_aoc overlap_context:80 tenantid:80 suppress_moh_on_sendonly
    follow_redirect_methods:95 rtp_port_start:integer rtp_port_end:integer
    """
)

_AUTHS = _columns(
    """
    id:255 auth_type nonce_lifetime:integer md5_cred:40 password:80 realm:255 username:40
    refresh_token:255 oauth_clientid:255 oauth_secret:255 password_digest:1024
    supported_algorithms_uas:1024 supported_algorithms_uac:1024
    """
)

_AORS = _columns(
    """
    id:255 contact:255 default_expiration:integer mailboxes:80 max_contacts:integer
    minimum_expiration:integer remove_existing qualify_frequency:integer authenticate_qualify
    maximum_expiration:integer outbound_proxy:255 support_path qualify_timeout:float
    voicemail_extension:40 remove_unavailable qualify_2xx_only
    """
)

TABLES: Mapping[str, Columns] = {"ps_endpoints": _ENDPOINTS, "ps_auths": _AUTHS, "ps_aors": _AORS}
"""The tables that ringup writes, in the order in which their rows are written."""
