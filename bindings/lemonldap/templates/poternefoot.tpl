</div></div>
</main>
</body>
</html>
