"""Control: grants of prepaid use, quotas, alarms and limits."""
