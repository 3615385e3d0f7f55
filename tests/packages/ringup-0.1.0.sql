BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE events (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at FLOAT NOT NULL, 
	mac VARCHAR(12) NOT NULL, 
	kind VARCHAR(64) NOT NULL, 
	fields JSON NOT NULL
);
INSERT INTO "events" VALUES(1,1767225600.0,'001646C0FFEE','AddressWanted','{"vendor_class": "Cisco Systems, Inc. IP Phone CP-7960G", "interface": "eth0"}');
INSERT INTO "events" VALUES(2,1767225601.0,'001646C0FFEE','AddressOffered','{"address": "192.168.1.100", "tftp_server": "192.168.1.5", "vendor_class": "", "interface": ""}');
INSERT INTO "events" VALUES(3,1767225602.0,'001646C0FFEE','AddressLeased','{"address": "192.168.1.100", "seconds": 86400, "renewed": false}');
INSERT INTO "events" VALUES(4,1767225603.0,'001646C0FFEE','FileAbsent','{"name": "CTLSEP001646C0FFEE.tlv", "address": "192.168.1.100", "reason": "no such file"}');
INSERT INTO "events" VALUES(5,1767225604.0,'001646C0FFEE','FileAsked','{"name": "SIP001646C0FFEE.cnf", "address": "192.168.1.100", "port": 50000}');
INSERT INTO "events" VALUES(6,1767225605.0,'001646C0FFEE','FileSent','{"name": "SIP001646C0FFEE.cnf", "address": "192.168.1.100", "size": 1500, "seconds": 0.01, "resent": 0}');
CREATE TABLE groups (
	name VARCHAR(64) NOT NULL, 
	load TEXT NOT NULL, 
	settings JSON NOT NULL, 
	PRIMARY KEY (name)
);
INSERT INTO "groups" VALUES('sales','','{"preferred_codec": "g711alaw"}');
CREATE TABLE leases (
	address VARCHAR(15) NOT NULL, 
	mac VARCHAR(12) NOT NULL, 
	expires FLOAT NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	client_id TEXT NOT NULL, 
	host_name TEXT NOT NULL, 
	PRIMARY KEY (address)
);
INSERT INTO "leases" VALUES('192.168.1.100','001646C0FFEE',4102444800.0,'leased','','SIP001646C0FFEE');
INSERT INTO "leases" VALUES('192.168.1.50','001646C0FFEF',4102444800.0,'leased','','');
CREATE TABLE lines (
	mac VARCHAR(12) NOT NULL, 
	"key" INTEGER NOT NULL, 
	extension VARCHAR(127) NOT NULL, 
	name TEXT NOT NULL, 
	secret TEXT NOT NULL, 
	auth_name TEXT NOT NULL, 
	short_name TEXT NOT NULL, 
	display_name TEXT NOT NULL, 
	voicemail BOOLEAN NOT NULL, 
	voicemail_pin TEXT NOT NULL, 
	PRIMARY KEY (mac, "key")
);
INSERT INTO "lines" VALUES('001646C0FFEE',1,'201','Larry Ellison','s3cret201','','','',1,'');
INSERT INTO "lines" VALUES('001646C0FFEE',2,'202','Larry Ellison','s3cret202','','','',1,'');
INSERT INTO "lines" VALUES('001646C0FFEF',1,'203','Jürgen Groß','s3cret203','','','',1,'');
CREATE TABLE phones (
	mac VARCHAR(12) NOT NULL, 
	model VARCHAR(16) NOT NULL, 
	"group" VARCHAR(64) NOT NULL, 
	label TEXT NOT NULL, 
	address VARCHAR(15), 
	load TEXT NOT NULL, 
	password TEXT NOT NULL, 
	settings JSON NOT NULL, 
	PRIMARY KEY (mac)
);
INSERT INTO "phones" VALUES('001646C0FFEE','7960','sales','Reception',NULL,'','sTMQdZA2nddCKpynLkXW','{}');
INSERT INTO "phones" VALUES('001646C0FFEF','7940','','','192.168.1.50','','H2ta2HdPSmj66F8uEBad','{"telnet_level": "1"}');
CREATE TABLE revisions (
	id INTEGER NOT NULL, 
	at FLOAT NOT NULL, 
	author TEXT NOT NULL, 
	summary TEXT NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "revisions" VALUES(1,1.79571017649408340454e+09,'root','change site: name, time_zone, load, pbx.address, pbx.etc, server_address','{"site": {"name": "ringup", "time_zone": "Etc/UTC", "ntp_server": "", "load": "P0S3-8-12-00", "server_address": null, "settings": {}, "subnets": [], "dial_rules": [], "rings": [], "sync": "1", "pbx": {"address": "", "port": 5060, "driver": "pjsip", "transport": "", "bind": "0.0.0.0", "context": "ringup", "messages": "500", "ring_seconds": 20, "outside_prefix": "9", "outside_dial": "", "options": {}, "etc": "", "manager_host": "127.0.0.1", "manager_port": 5038, "manager_user": "", "manager_secret": ""}}}','{"site": {"name": "Office", "time_zone": "Europe/London", "ntp_server": "", "load": "P0S3-8-12-00", "server_address": "192.168.1.5", "settings": {}, "subnets": [], "dial_rules": [], "rings": [], "sync": "1", "pbx": {"address": "192.168.1.10", "port": 5060, "driver": "pjsip", "transport": "", "bind": "0.0.0.0", "context": "ringup", "messages": "500", "ring_seconds": 20, "outside_prefix": "9", "outside_dial": "", "options": {}, "etc": "/etc/asterisk", "manager_host": "127.0.0.1", "manager_port": 5038, "manager_user": "", "manager_secret": ""}}}');
INSERT INTO "revisions" VALUES(2,1.7957101769742524624e+09,'root','change site: network','{"site": {"name": "Office", "time_zone": "Europe/London", "ntp_server": "", "load": "P0S3-8-12-00", "server_address": "192.168.1.5", "settings": {}, "subnets": [], "dial_rules": [], "rings": [], "sync": "1", "pbx": {"address": "192.168.1.10", "port": 5060, "driver": "pjsip", "transport": "", "bind": "0.0.0.0", "context": "ringup", "messages": "500", "ring_seconds": 20, "outside_prefix": "9", "outside_dial": "", "options": {}, "etc": "/etc/asterisk", "manager_host": "127.0.0.1", "manager_port": 5038, "manager_user": "", "manager_secret": ""}}}','{"site": {"name": "Office", "time_zone": "Europe/London", "ntp_server": "", "load": "P0S3-8-12-00", "server_address": "192.168.1.5", "settings": {}, "subnets": [{"network": "192.168.1.0/24", "first": "192.168.1.100", "last": "192.168.1.199", "router": "192.168.1.1", "dns": [], "domain": "", "lease_seconds": 86400}], "dial_rules": [], "rings": [], "sync": "1", "pbx": {"address": "192.168.1.10", "port": 5060, "driver": "pjsip", "transport": "", "bind": "0.0.0.0", "context": "ringup", "messages": "500", "ring_seconds": 20, "outside_prefix": "9", "outside_dial": "", "options": {}, "etc": "/etc/asterisk", "manager_host": "127.0.0.1", "manager_port": 5038, "manager_user": "", "manager_secret": ""}}}');
INSERT INTO "revisions" VALUES(3,1.79571017737688469885e+09,'root','add group sales','{}','{"group sales": {"name": "sales", "load": "", "settings": {"preferred_codec": "g711alaw"}}}');
INSERT INTO "revisions" VALUES(4,1.795710177848678112e+09,'root','add phone 001646C0FFEE 201, 202','{}','{"phone 001646C0FFEE": {"mac": "001646C0FFEE", "model": "7960", "group": "sales", "label": "Reception", "address": null, "load": "", "password": "sTMQdZA2nddCKpynLkXW", "settings": {}, "lines": [{"extension": "201", "name": "Larry Ellison", "secret": "s3cret201", "auth_name": "", "short_name": "", "display_name": "", "voicemail": true, "voicemail_pin": ""}, {"extension": "202", "name": "Larry Ellison", "secret": "s3cret202", "auth_name": "", "short_name": "", "display_name": "", "voicemail": true, "voicemail_pin": ""}]}}');
INSERT INTO "revisions" VALUES(5,1.7957101785273566246e+09,'root','add phone 001646C0FFEF 203','{}','{"phone 001646C0FFEF": {"mac": "001646C0FFEF", "model": "7940", "group": "", "label": "", "address": "192.168.1.50", "load": "", "password": "H2ta2HdPSmj66F8uEBad", "settings": {}, "lines": [{"extension": "203", "name": "J\u00fcrgen Gro\u00df", "secret": "s3cret203", "auth_name": "", "short_name": "", "display_name": "", "voicemail": true, "voicemail_pin": ""}]}}');
INSERT INTO "revisions" VALUES(6,1.79571017943058037751e+09,'root','change phone 001646C0FFEF: telnet_level','{"phone 001646C0FFEF": {"mac": "001646C0FFEF", "model": "7940", "group": "", "label": "", "address": "192.168.1.50", "load": "", "password": "H2ta2HdPSmj66F8uEBad", "settings": {}, "lines": [{"extension": "203", "name": "J\u00fcrgen Gro\u00df", "secret": "s3cret203", "auth_name": "", "short_name": "", "display_name": "", "voicemail": true, "voicemail_pin": ""}]}}','{"phone 001646C0FFEF": {"mac": "001646C0FFEF", "model": "7940", "group": "", "label": "", "address": "192.168.1.50", "load": "", "password": "H2ta2HdPSmj66F8uEBad", "settings": {"telnet_level": "1"}, "lines": [{"extension": "203", "name": "J\u00fcrgen Gro\u00df", "secret": "s3cret203", "auth_name": "", "short_name": "", "display_name": "", "voicemail": true, "voicemail_pin": ""}]}}');
CREATE TABLE site (
	id INTEGER NOT NULL, 
	record JSON NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "site" VALUES(1,'{"name": "Office", "time_zone": "Europe/London", "ntp_server": "", "load": "P0S3-8-12-00", "server_address": "192.168.1.5", "settings": {}, "subnets": [{"network": "192.168.1.0/24", "first": "192.168.1.100", "last": "192.168.1.199", "router": "192.168.1.1", "dns": [], "domain": "", "lease_seconds": 86400}], "dial_rules": [], "rings": [], "sync": "1", "pbx": {"address": "192.168.1.10", "port": 5060, "driver": "pjsip", "transport": "", "bind": "0.0.0.0", "context": "ringup", "messages": "500", "ring_seconds": 20, "outside_prefix": "9", "outside_dial": "", "options": {}, "etc": "/etc/asterisk", "manager_host": "127.0.0.1", "manager_port": 5038, "manager_user": "", "manager_secret": ""}}');
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('events',6);
COMMIT;
