def main() -> int:
    return (
