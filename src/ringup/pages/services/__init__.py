"""Services: functions whose pages the Services button leads to."""
