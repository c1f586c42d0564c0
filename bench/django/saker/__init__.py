"""The one application of the Django project that the bench compares with."""
