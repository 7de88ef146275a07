"""Reports: those that people build and save, closed months, forecasts of revenue, and what is sent by itself."""
