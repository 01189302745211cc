"""The model beside what was observed."""
