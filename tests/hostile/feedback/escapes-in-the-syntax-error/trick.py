"""Never runs: work.py does not compile."""
