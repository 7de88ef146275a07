"""What happens because money has not come in: policies, the ladder of each open item, suspensions for non-payment."""
