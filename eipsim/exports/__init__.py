"""Tables in the forms of others: spreadsheets, labelled arrays, the IAMC format, GeoJSON; and what their columns mean."""
