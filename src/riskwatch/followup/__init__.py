"""What operators owe and may ask: duties, objections, applications to lift, traceability."""
