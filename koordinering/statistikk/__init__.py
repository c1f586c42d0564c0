"""What can be told: the catalogue of questions, disclosure control and exports."""
